select s.id, s.name, s.parent_id, s.external_id, s.leaders, s.version,
       s.created_at, s.updated_at, s.deleted_at
  from team_card s
 where s.org_id = :auth.org and s.id = :path.team_id
   and s.deleted_at is null
