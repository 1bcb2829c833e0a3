-- What hangs on somebody who left goes to others, and what was asked is
-- answered.  Who is back by then is no leaver: nothing happens.
select from person p
 where p.org_id = :auth.org and p.id = :arg.object_id::uuid
   for no key update;

select from session s
 where s.org_id = :auth.org and s.id in (
	select a.id
	  from leaver l
	  join lateral (
		select e.session_id
		  from engagement e
		 where e.org_id = :auth.org and e.person_id = l.id
		union
		select m.session_id
		  from seat m
		 where m.org_id = :auth.org and m.person_id = l.id
		union
		select w.session_id
		  from session_answer w
		 where w.org_id = :auth.org and w.person_id = l.id
	  ) own on true
	  join session_ahead a on a.org_id = l.org_id and a.id = own.session_id
	 where l.org_id = :auth.org and l.id = :arg.object_id::uuid)
 order by s.id
   for no key update;

select end_seat(:auth.org, m.id, case m.state when 'waiting' then 'left'
                                              when 'offered' then 'declined'
                                              else 'released' end, null)
  from seat m
  join leaver l on l.org_id = m.org_id and l.id = m.person_id
  join session_ahead a on a.org_id = m.org_id and a.id = m.session_id
 where m.org_id = :auth.org and m.person_id = :arg.object_id::uuid
   and m.state in ('held', 'confirmed', 'waiting', 'offered');

select promote_seats(:auth.org, d.session_id)
  from (
	select distinct m.session_id
	  from seat m
	  join leaver l on l.org_id = m.org_id and l.id = m.person_id
	  join session_ahead a on a.org_id = m.org_id and a.id = m.session_id
	 where m.org_id = :auth.org and m.person_id = :arg.object_id::uuid
 ) d
 order by d.session_id;

-- A session goes to the facilitator who came first; else it waits for HR.
with hosted as (
	select a.id, (
		select e.person_id
		  from engagement e
		  join person p on p.org_id = e.org_id and p.id = e.person_id
		   and p.active and p.deleted_at is null
		 where e.org_id = :auth.org and e.session_id = a.id
		   and e.role = 'facilitator' and e.live
		 order by e.created_at, e.person_id
		 limit 1) as successor_id
	  from session_ahead a
	  join leaver l on l.org_id = a.org_id and l.id = a.host_id
	 where a.org_id = :auth.org and a.host_id = :arg.object_id::uuid
), changed as (
	update session s
	   set host_id = coalesce(h.successor_id, s.host_id),
	       needs_host_since = case when h.successor_id is null
	                               then clock() end,
	       version = s.version + 1, updated_at = clock()
	  from hosted h
	 where s.org_id = :auth.org and s.id = h.id
	   and s.needs_host_since is null
	returning s.id, s.version, h.successor_id
), raised as (
	update engagement e
	   set role = 'host'
	  from changed c
	 where e.org_id = :auth.org and e.session_id = c.id
	   and e.person_id = c.successor_id
), contact as (
	select h.person_id
	  from hr_contact h
	  join person p on p.org_id = h.org_id and p.id = h.person_id
	   and p.active and p.deleted_at is null
	 where h.org_id = :auth.org
), recipient as (
	select c.person_id from contact c
	union all
	select last.manager_id
	  from (
		select e.manager_id
		  from employment e
		 where e.org_id = :auth.org and e.is_primary
		   and e.person_id = :arg.object_id::uuid
		 order by lower(e.during) desc
		 limit 1
	  ) last
	 where last.manager_id is not null
	   and not exists (select from contact)
), given as (
	insert into notification (org_id, person_id, kind, object_kind,
	                          object_id, actor_id)
	select :auth.org, c.successor_id, 'session_given', 'session', c.id,
	       :arg.object_id::uuid
	  from changed c
	 where c.successor_id is not null
), orphaned as (
	insert into notification (org_id, person_id, kind, object_kind,
	                          object_id, actor_id)
	select :auth.org, r.person_id, 'session_without_host', 'session', c.id,
	       :arg.object_id::uuid
	  from changed c
	 cross join recipient r
	 where c.successor_id is null
)
insert into outbox (org_id, event, object_id, version, body)
select :auth.org, 'session.updated', c.id, c.version,
       jsonb_build_object('changed', jsonb_build_array('host'))
  from changed c;

with let_go as (
	update engagement e
	   set live = false,
	       role = case when a.host_id = e.person_id then 'host'
	                   else 'participant' end
	  from session_ahead a, leaver l
	 where e.org_id = :auth.org and e.person_id = :arg.object_id::uuid
	   and a.org_id = e.org_id and a.id = e.session_id
	   and l.org_id = e.org_id and l.id = e.person_id
	   and (e.live or e.role = 'facilitator')
	returning e.session_id
), helped as (
	update session s
	   set version = s.version + 1, updated_at = clock()
	  from let_go g
	  join engagement e on e.org_id = :auth.org
	   and e.session_id = g.session_id
	   and e.person_id = :arg.object_id::uuid and e.role = 'facilitator'
	 where s.org_id = :auth.org and s.id = g.session_id
	returning s.id, s.host_id, s.version
), noticed as (
	insert into notification (org_id, person_id, kind, object_kind,
	                          object_id, actor_id)
	select :auth.org, h.host_id, 'session_facilitator_left', 'session',
	       h.id, :arg.object_id::uuid
	  from helped h
)
insert into outbox (org_id, event, object_id, version, body)
select :auth.org, 'session.updated', h.id, h.version,
       jsonb_build_object('changed', jsonb_build_array('facilitators'))
  from helped h;

delete from session_answer w
 using session_ahead a, leaver l
 where w.org_id = :auth.org and w.person_id = :arg.object_id::uuid
   and a.org_id = w.org_id and a.id = w.session_id
   and l.org_id = w.org_id and l.id = w.person_id;

with hidden as (
	update goal g
	   set visibility = 'me', version = g.version + 1,
	       updated_at = clock()
	  from leaver l
	 where g.org_id = :auth.org and g.person_id = :arg.object_id::uuid
	   and l.org_id = g.org_id and l.id = g.person_id
	   and g.deleted_at is null and g.visibility <> 'me'
	returning g.id, g.version
)
insert into outbox (org_id, event, object_id, version, body)
select :auth.org, 'goal.updated', h.id, h.version,
       jsonb_build_object('changed', jsonb_build_array('visibility'))
  from hidden h;

with parted as (
	update goal_companion c
	   set state = case when g.person_id = l.id or c.state = 'invited'
	                    then 'removed' else 'left' end,
	       version = c.version + 1, updated_at = clock()
	  from (
		select m.goal_id, m.person_id, m.state
		  from goal_companion m
		 where m.org_id = :auth.org
		   and m.person_id = :arg.object_id::uuid
		   and m.state in ('invited', 'accepted')
		union all
		select m.goal_id, m.person_id, m.state
		  from goal o
		  join goal_companion m
		    on m.org_id = o.org_id and m.goal_id = o.id
		 where o.org_id = :auth.org
		   and o.person_id = :arg.object_id::uuid
		   and m.state in ('invited', 'accepted')
	  ) was
	  join goal g on g.org_id = :auth.org and g.id = was.goal_id
	  join leaver l on l.org_id = :auth.org and l.id = :arg.object_id::uuid
	 where c.org_id = :auth.org and c.goal_id = was.goal_id
	   and c.person_id = was.person_id
	returning c.goal_id, c.person_id, c.state, was.state as old_state,
	          g.person_id as owner_id, g.version
), noticed as (
	insert into notification (org_id, person_id, kind, object_kind,
	                          object_id, actor_id)
	select :auth.org,
	       case when p.owner_id = :arg.object_id::uuid then p.person_id
	            else p.owner_id end,
	       case when p.owner_id = :arg.object_id::uuid
	            then 'goal_owner_left'
	            when p.state = 'left' then 'goal_companion_left'
	            else 'goal_companion_declined' end,
	       'goal', p.goal_id, :arg.object_id::uuid
	  from parted p
	 where p.owner_id <> :arg.object_id::uuid or p.old_state = 'accepted'
)
insert into outbox (org_id, event, object_id, version, body)
select :auth.org, case p.state when 'left' then 'goal.companion_left'
                               else 'goal.companion_removed' end,
       p.goal_id, p.version, jsonb_build_object('person_id', p.person_id)
  from parted p;

with closed as (
	update feedback_request q
	   set state = case when q.asker_id = l.id then 'withdrawn'
	                    else 'declined' end,
	       version = q.version + 1, updated_at = clock()
	  from leaver l
	 where q.org_id = :auth.org and q.state = 'open'
	   and l.org_id = q.org_id and l.id = :arg.object_id::uuid
	   and (q.asker_id = :arg.object_id::uuid
	        or q.asked_id = :arg.object_id::uuid)
	returning q.id, q.asker_id, q.state, q.version
), noticed as (
	insert into notification (org_id, person_id, kind, object_kind,
	                          object_id, actor_id)
	select :auth.org, c.asker_id, 'feedback_declined', 'feedback_request',
	       c.id, :arg.object_id::uuid
	  from closed c
	 where c.state = 'declined'
)
insert into outbox (org_id, event, object_id, version)
select :auth.org, case c.state when 'declined'
                               then 'feedback_request.declined'
                               else 'feedback_request.withdrawn' end,
       c.id, c.version
  from closed c
