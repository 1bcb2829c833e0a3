with changed as (
	update employment e
	   set team_id = i.team_id, manager_id = i.manager_id,
	       title = i.title, during = i.during, updated_at = clock()
	  from incoming_employment i
	 where e.org_id = :auth.org and e.id = i.employment_id
	   and (e.team_id, e.manager_id, e.title, e.during)
	       is distinct from (i.team_id, i.manager_id, i.title, i.during)
	returning e.person_id
)
insert into incoming_change (person_id, name)
select person_id, 'teams' from changed
