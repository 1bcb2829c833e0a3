create or replace view team_card with (security_invoker = true) as
select t.org_id, t.id, t.name, t.parent_id, t.external_id,
       (
	select coalesce(json_agg(json_build_object('person_id', m.id,
	                'display_name', m.display_name)
	           order by m.sort_name, m.id), '[]')
	  from person m
	 where m.org_id = t.org_id and m.deleted_at is null and m.id in (
		select e.manager_id
		  from present_employment e
		 where e.org_id = t.org_id and e.team_id = t.id
		   and not exists (
			select from present_employment led
			 where led.org_id = t.org_id and led.team_id = t.id
			   and led.manager_id = e.person_id
		   )
	 )
       ) as leaders,
       t.version, t.created_at, t.updated_at, t.deleted_at,
       t.sort_name as _sort_name
  from team t;
