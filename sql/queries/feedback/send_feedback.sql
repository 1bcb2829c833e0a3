-- Both people are locked, in one order: of two who tell each other about the
-- same thing at once, the second finds what the first has sent.
select from person p
 where p.org_id = :auth.org and p.id in (
	select unnest(array[v.giver_id, v.receiver_id])
	  from visible_feedback v
	 where v.org_id = :auth.org and v.id = :path.feedback_id
	   and v.giver_id = :auth.person)
 order by p.id
   for no key update;

select from feedback f
 where f.org_id = :auth.org and f.id = :path.feedback_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when v.id is null then 'not_found'
	            when v.relation <> 'giver' then 'forbidden'
	            when stale(:if_match, v.version) then 'stale_version'
	            when v.state <> 'drafted' then 'feedback_not_drafted'
	            when v.keep is null and v.try_next is null
	            then 'feedback_empty'
	            when :body ->> 'release' = 'now' and :body ? 'window_ends_at'
	              or (:body ->> 'window_ends_at')::timestamptz <= clock()
	              or (:body ->> 'window_ends_at')::timestamptz
	                 > clock() + interval '30 days'
	            then 'window_outside'
	            when not exists (
			select from person p
			 where p.org_id = :auth.org and p.id = v.receiver_id
			   and p.id <> :auth.person and p.active
			   and p.deleted_at is null
			   and not exists (
				select from blocked_pair b
				 where b.org_id = :auth.org
				   and b.person_id = :auth.person
				   and b.other_id = p.id))
	            then 'person_unknown'
	       end as problem
	  from (select) one
	  left join visible_feedback v
	    on v.org_id = :auth.org and v.id = :path.feedback_id
	   and v.deleted_at is null
  ) seen;

with sent as (
	update feedback f
	   set state = 'sent', release = 'window', sent_at = clock(),
	       window_ends_at = coalesce(
	           (:body ->> 'window_ends_at')::timestamptz,
	           clock() + interval '7 days'),
	       version = f.version + 1, updated_at = clock()
	 where f.org_id = :auth.org and f.id = :path.feedback_id
	returning f.id, f.window_ends_at, f.version
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id)
	select :auth.org, 'feedback.sent', s.id, s.version, :auth.person
	  from sent s
)
insert into timer (org_id, kind, object_id, due_at)
select :auth.org, 'release_feedback', s.id, s.window_ends_at
  from sent s
on conflict on constraint timer_already_set do update
   set due_at = excluded.due_at, leased_until = null, parked_at = null,
       attempts = 0;

with mine as (
	select v.id, v.receiver_id, v.about_key
	  from visible_feedback v
	 where v.org_id = :auth.org and v.id = :path.feedback_id
), theirs as (
	select f.id
	  from feedback f
	 where f.org_id = :auth.org
	   and f.giver_id = (select m.receiver_id from mine m)
	   and f.receiver_id = :auth.person
	   and f.about_key = (select m.about_key from mine m)
	   and f.state = 'sent'
	   for no key update
), due as (
	select t.id
	  from theirs t
	union all
	select m.id
	  from mine m
	 where :body ->> 'release' = 'now'
	    or exists (select from theirs)
), released as (
	update feedback f
	   set state = 'released', released_at = clock(),
	       shown_at = clock(), version = f.version + 1,
	       release = case f.id when :path.feedback_id
	                 then :body ->> 'release' else f.release end,
	       window_ends_at = case when f.id = :path.feedback_id
	                              and :body ->> 'release' = 'now'
	                        then null else f.window_ends_at end,
	       updated_at = clock()
	  from due d
	 where f.org_id = :auth.org and f.id = d.id and f.state = 'sent'
	returning f.id, f.giver_id, f.receiver_id, f.request_id, f.about_id,
	          f.version
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
), timed as (
	delete from timer t
	 using released r
	 where t.org_id = :auth.org and t.kind = 'release_feedback'
	   and t.object_id = r.id
)
insert into outbox (org_id, event, object_id, version)
select :auth.org, 'feedback.released', r.id, r.version
  from released r;

:as(get_feedback)
