-- Locked in one order, so that two windows do not meet in a deadlock.
select from notification n
 where n.org_id = :auth.org and n.person_id = :auth.person
   and n.read_at is null
   and n.created_at <= (:body ->> 'until')::timestamptz
 order by n.id
   for no key update;

with done as (
	update notification n
	   set read_at = clock(), updated_at = clock(), version = n.version + 1
	 where n.org_id = :auth.org and n.person_id = :auth.person
	   and n.read_at is null
	   and n.created_at <= (:body ->> 'until')::timestamptz
	returning n.id
)
select count(d.id) as read_count
  from done d
