-- Which rows would put somebody above themselves.
with recursive planned as (
	select at_row, person_id, manager_id, during
	  from incoming_employment
	 where manager_id is not null
	union all
	select null, e.person_id, e.manager_id, e.during
	  from employment e
	 where e.org_id = :auth.org and e.manager_id is not null
	   and e.id not in (select employment_id from incoming_employment)
), chain as (
	select p.at_row, p.person_id, p.manager_id, p.during
	  from planned p
	 where p.at_row is not null
	union
	select c.at_row, c.person_id, p.manager_id, c.during * p.during
	  from chain c
	  join planned p on p.person_id = c.manager_id and p.during && c.during
	 where c.manager_id <> c.person_id
)
select distinct at_row, 'the managers lead back to the person, who would be'
       ' above themselves' as fault
  from chain
 where manager_id = person_id
 order by at_row
 limit :arg.limit::bigint
