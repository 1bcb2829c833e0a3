select s.id, s.kind, s.object, s.actor, s.text, s.read_at, s.created_at,
       s.updated_at, s.version
  from notification_card s
 where s.org_id = :auth.org and s.person_id = :auth.person
   and s.language = :auth.language
   /*? query.unread */ and (s.read_at is null) = :query.unread
   /*? query.kind */ and s.kind = any (:query.kind)
   /*? query.updated_since */ and s.updated_at >= :query.updated_since
   and :page(s)
 order by :order(s)
 limit :limit
