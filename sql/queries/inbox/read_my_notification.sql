update notification n
   set read_at = clock(), updated_at = clock(), version = n.version + 1
 where n.org_id = :auth.org and n.id = :path.notification_id
   and n.person_id = :auth.person and n.read_at is null;

select s.id, s.kind, s.object, s.actor, s.text, s.read_at, s.created_at,
       s.updated_at, s.version
  from notification_card s
 where s.org_id = :auth.org and s.person_id = :auth.person
   and s.language = :auth.language and s.id = :path.notification_id
