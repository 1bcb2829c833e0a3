update notification n
   set read_at = clock(), updated_at = clock(), version = n.version + 1
 where n.org_id = :auth.org and n.id = :path.notification_id
   and n.person_id = :auth.person and n.read_at is null;

:as(get_my_notification)
