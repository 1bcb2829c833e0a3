select from session s
 where s.org_id = :auth.org and s.id = :path.session_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when s.id is null then 'not_found'
	            when s.host_id <> :auth.person
	            then 'forbidden'
	            when stale(:if_match, s.version) then 'stale_version'
	            when s.state not in ('proposed', 'polled')
	            then 'session_not_proposed'
	       end as problem
	  from (select) one
	  left join visible_session s
	    on s.org_id = :auth.org and s.id = :path.session_id
  ) seen;

select refuse(seen.problem)
  from (
	select case when bool_or(w.starts_at at time zone w.zone <> w.local)
	            then 'option_time_missing'
	            when bool_or(w.starts_at < clock())
	            then 'option_in_past'
	       end as problem
	  from (
		select s.zone, w.local::timestamp as local,
		       local_instant(w.local::timestamp, s.zone) as starts_at
		  from visible_session s
		 cross join jsonb_array_elements_text(:body -> 'options')
		       w (local)
		 where s.org_id = :auth.org and s.id = :path.session_id
	  ) w
  ) seen;

delete from session_option o
 where o.org_id = :auth.org and o.session_id = :path.session_id
   and o.starts_local not in (
	select w.local::timestamp
	  from jsonb_array_elements_text(:body -> 'options') w (local));

insert into session_option (org_id, session_id, starts_local, during)
select :auth.org, s.id, w.local::timestamp,
       session_during(w.local::timestamp, s.zone, s.duration_min)
  from visible_session s
 cross join jsonb_array_elements_text(:body -> 'options') w (local)
 where s.org_id = :auth.org and s.id = :path.session_id
on conflict on constraint session_option_once do nothing;

insert into notification (org_id, person_id, kind, object_kind, object_id,
                          actor_id, params)
select :auth.org, c.person_id, 'session_polled', 'session', :path.session_id,
       :auth.person, '{}'::jsonb
  from session_circle c
 where c.org_id = :auth.org and c.session_id = :path.session_id
   and c.person_id <> :auth.person;

update engagement e
   set during = null
 where e.org_id = :auth.org and e.session_id = :path.session_id and e.live;

update session s
   set state = 'polled', version = s.version + 1, updated_at = clock(),
       starts_local = null, during = null
 where s.org_id = :auth.org and s.id = :path.session_id;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'session.state_changed', c.id, c.version, :auth.person,
	       jsonb_build_object('state', c.state)
	  from visible_session c
	 where c.org_id = :auth.org and c.id = :path.session_id
)
:as(get_session)
