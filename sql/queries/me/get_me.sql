select s.id, s.display_name, s.given_name, s.family_name, s.user_name,
       s.external_id, s.email, s.language, s.zone, s.country, s.active,
       s.joined_on, s.title, s.teams, s.leaders,
       to_json(:auth.roles) as roles,
       json_build_object('id', o.id, 'name', o.name, 'title', o.title)
           as organisation,
       s.version, s.created_at, s.updated_at
  from person_card s
  join organisation o on o.id = s.org_id
 where s.org_id = :auth.org and s.id = :auth.person
   and s.deleted_at is null
