select s.id, s.kind, s.object, s.actor, s.text, s.read_at, s.created_at,
       s.updated_at, s.version
  from notification_card s
 where s.org_id = :auth.org and s.person_id = :auth.person
   and s.language = :auth.language and s.id = :path.notification_id
