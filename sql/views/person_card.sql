create or replace view person_card with (security_invoker = true) as
select p.org_id, p.id, p.display_name, p.given_name, p.family_name,
       p.user_name, p.external_id, p.email, p.language, p.zone, p.country,
       p.active, p.joined_on,
       (
	select e.title
	  from present_employment e
	 where e.org_id = p.org_id and e.person_id = p.id
	 order by e.is_primary desc, e.id
	 limit 1
       ) as title,
       (
	select coalesce(json_agg(json_build_object('team_id', t.id,
	                'name', t.name, 'title', e.title,
	                'is_primary', e.is_primary)
	           order by e.is_primary desc, t.sort_name, e.id), '[]')
	  from present_employment e
	  join team t on t.org_id = e.org_id and t.id = e.team_id
	 where e.org_id = p.org_id and e.person_id = p.id
	   and (e.is_primary or not exists (
		select from present_employment f
		 where f.org_id = p.org_id and f.person_id = p.id
		   and f.team_id = e.team_id and f.is_primary
	   ))
       ) as teams,
       (
	select coalesce(json_agg(json_build_object('person_id', m.id,
	                'display_name', m.display_name)
	           order by m.sort_name, m.id), '[]')
	  from person m
	 where m.org_id = p.org_id and m.deleted_at is null and m.id in (
		select e.manager_id
		  from present_employment e
		 where e.org_id = p.org_id and e.person_id = p.id
	 )
       ) as leaders,
       p.version, p.created_at, p.updated_at, p.deleted_at,
       p.sort_name as _sort_name
  from person p;
