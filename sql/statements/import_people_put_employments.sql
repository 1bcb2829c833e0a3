with made as (
	insert into employment (org_id, id, person_id, team_id, manager_id,
		title, during, is_primary)
	select :auth.org, employment_id, person_id, team_id, manager_id,
	       title, during, is_primary
	  from incoming_employment
	 where is_new
	returning person_id
)
insert into incoming_change (person_id, name)
select made.person_id, 'teams'
  from made
  join incoming_person p on p.person_id = made.person_id and not p.is_new
