select from session s
 where s.org_id = :auth.org and s.id = :path.session_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when s.id is null then 'not_found'
	            when coalesce(s.my_role, '') not in ('host', 'facilitator')
	            then 'forbidden'
	            when stale(:if_match, s.version) then 'stale_version'
	            when s.state <> 'running' then 'session_not_running'
	       end as problem
	  from (select) one
	  left join visible_session s
	    on s.org_id = :auth.org and s.id = :path.session_id
  ) seen;

delete from timer t
 where t.org_id = :auth.org and t.object_id = :path.session_id
   and t.kind in ('remind_session', 'start_session', 'hold_session');

update session s
   set state = 'held', version = s.version + 1, updated_at = clock()
 where s.org_id = :auth.org and s.id = :path.session_id;

insert into exchange (org_id, kind, object_id, origin, happened_at)
select :auth.org, 'session', s.id, s.origin, least(s.starts_at, clock())
  from visible_session s
 where s.org_id = :auth.org and s.id = :path.session_id
on conflict on constraint exchange_known_already do nothing;

insert into exchange_person (org_id, exchange_id, person_id, part,
                             happened_at)
select x.org_id, x.id, e.person_id, 'both', x.happened_at
  from exchange x
  join engagement e on e.org_id = x.org_id and e.session_id = x.object_id
   and e.live
 where x.org_id = :auth.org and x.kind = 'session'
   and x.object_id = :path.session_id
   and not exists (
	select from visible_seat a
	 where a.org_id = :auth.org and a.session_id = e.session_id
	   and a.person_id = e.person_id
	   and a.attendance in ('excused', 'no_show'))
on conflict on constraint exchange_person_key do nothing;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'session.state_changed', c.id, c.version, :auth.person,
	       jsonb_build_object('state', c.state)
	  from visible_session c
	 where c.org_id = :auth.org and c.id = :path.session_id
)
:as(get_session)
