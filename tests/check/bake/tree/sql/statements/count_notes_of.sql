select count(*) as count
  from visible_note n
 where n.org_id = :auth.org and n.created_at > :arg.since::timestamptz
   and n.title like :arg.title;
