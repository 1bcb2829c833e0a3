select from session s
 where s.org_id = :auth.org and s.id = :path.session_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when s.id is null then 'not_found'
	            when coalesce(s.my_role, '') not in ('host', 'facilitator')
	            then 'forbidden'
	            when stale(:if_match, s.version) then 'stale_version'
	            when s.state not in ('confirmed', 'running')
	            then 'session_not_due'
	       end as problem
	  from (select) one
	  left join visible_session s
	    on s.org_id = :auth.org and s.id = :path.session_id
  ) seen;

delete from timer t
 where t.org_id = :auth.org and t.object_id = :path.session_id
   and t.kind in ('remind_session', 'start_session', 'hold_session');

insert into notification (org_id, person_id, kind, object_kind, object_id,
                          actor_id, params)
select :auth.org, c.person_id, 'session_missed', 'session', :path.session_id,
       :auth.person, '{}'::jsonb
  from session_circle c
 where c.org_id = :auth.org and c.session_id = :path.session_id
   and c.person_id <> :auth.person;

update engagement e
   set live = false
 where e.org_id = :auth.org and e.session_id = :path.session_id and e.live;

update session s
   set state = 'did_not_happen', version = s.version + 1, updated_at = clock(),
       state_reason = :body ->> 'reason'
 where s.org_id = :auth.org and s.id = :path.session_id;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'session.state_changed', c.id, c.version, :auth.person,
	       jsonb_build_object('state', c.state)
	  from visible_session c
	 where c.org_id = :auth.org and c.id = :path.session_id
)
:as(get_session)
