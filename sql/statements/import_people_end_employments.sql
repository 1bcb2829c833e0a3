-- A new primary employment ends the one before it.  Where everybody was before
-- is kept, to tell who moves.
with placed as (
	insert into incoming_place (person_id, team_id, manager_id)
	select e.person_id, e.team_id, e.manager_id
	  from present_employment e
	 where e.org_id = :auth.org and e.is_primary
	   and e.person_id in (select person_id from incoming_employment)
), ended as (
	update employment e
	   set during = daterange(lower(e.during), lower(i.during)),
	       updated_at = clock()
	  from incoming_employment i
	 where e.org_id = :auth.org and e.person_id = i.person_id
	   and i.is_primary and e.is_primary and e.during && i.during
	   and lower(e.during) < lower(i.during)
	   and e.id not in (select employment_id from incoming_employment)
	returning e.person_id
)
insert into incoming_change (person_id, name)
select person_id, 'teams' from ended
