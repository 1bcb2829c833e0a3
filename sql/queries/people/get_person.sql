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
       s.deleted_at
  from person_card s
 where s.org_id = :auth.org and s.id = :path.person_id
   and s.deleted_at is null
