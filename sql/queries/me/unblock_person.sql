delete from person_block b
 where b.org_id = :auth.org and b.blocker_id = :auth.person
   and b.blocked_id = :path.person_id
returning b.blocked_id as _id
