select refuse('not_found')
 where not exists (
	select from team t
	 where t.org_id = :auth.org and t.id = :path.team_id
	   and t.deleted_at is null
 );

select s.id, s.display_name, s.given_name, s.family_name,
       case when s.id = :auth.person
              or :auth.roles && '{hr,integrator,admin}'
            then s.user_name end as user_name,
       case when s.id = :auth.person
              or :auth.roles && '{hr,integrator,admin}'
            then s.external_id end as external_id,
       case when s.id = :auth.person
              or :auth.roles && '{hr,integrator,admin}'
            then s.email end as email,
       s.language, s.zone, s.country, s.active, s.joined_on, s.title,
       s.teams, s.leaders, s.version, s.created_at, s.updated_at,
       s.deleted_at, s._sort_name
  from person_card s
 where s.org_id = :auth.org
   and s.id in (
	select e.person_id
	  from present_employment e
	 where e.org_id = :auth.org and e.team_id = :path.team_id
   )
   and s.deleted_at is null
   and :page(s)
 order by :order(s)
 limit :limit
