-- A block that came in between keeps it from the receiver (visible_feedback):
-- then nothing was exchanged, and the giver is told nothing of it.
select from feedback f
 where f.org_id = :auth.org and f.id = :arg.object_id::uuid
   for no key update;

with due as (
	update feedback f
	   set state = 'released', released_at = clock(),
	       shown_at = clock(), version = f.version + 1,
	       updated_at = clock()
	 where f.org_id = :auth.org and f.id = :arg.object_id::uuid
	   and f.state = 'sent' and f.window_ends_at <= clock()
	returning f.id, f.giver_id, f.receiver_id, f.request_id, f.about_id,
	          f.version
), released as (
	select d.id, d.giver_id, d.receiver_id, d.request_id, d.about_id,
	       d.version
	  from due d
	 where not exists (
		select from blocked_pair b
		 where b.org_id = :auth.org and b.person_id = d.giver_id
		   and b.other_id = d.receiver_id)
), answered as (
	update feedback_request q
	   set state = 'answered', version = q.version + 1,
	       updated_at = clock()
	  from released r
	 where q.org_id = :auth.org and q.id = r.request_id
	   and q.state = 'open'
	returning q.id, q.version
), met as (
	insert into exchange (org_id, kind, object_id, origin, happened_at)
	select :auth.org, 'feedback', r.id, coalesce((
		select s.origin
		  from feedback_origin s
		 where s.org_id = :auth.org and s.id = r.about_id),
	       'informal'), clock()
	  from released r
	returning id, object_id
), took_part as (
	insert into exchange_person (org_id, exchange_id, person_id, part,
	                             happened_at)
	select :auth.org, m.id, p.person_id, p.part, clock()
	  from met m
	  join released r on r.id = m.object_id
	 cross join lateral (values (r.giver_id, 'giver'),
	                            (r.receiver_id, 'receiver'))
	       p (person_id, part)
), noticed as (
	insert into notification (org_id, person_id, kind, object_kind,
	                          object_id, actor_id)
	select :auth.org, r.receiver_id, 'feedback_received', 'feedback',
	       r.id, r.giver_id
	  from released r
), told_of_requests as (
	insert into outbox (org_id, event, object_id, version)
	select :auth.org, 'feedback_request.answered', a.id, a.version
	  from answered a
)
insert into outbox (org_id, event, object_id, version)
select :auth.org, 'feedback.released', d.id, d.version
  from due d
