select from person p
 where p.org_id = :auth.org
   and p.id in (select e.person_id
	          from engagement e
	         where e.org_id = :auth.org and e.live
	           and e.session_id = :path.session_id)
 order by p.id
   for no key update;

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
	            when (s.state = 'polled' or :body ->> 'option_id' is not null)
	             and o.id is null
	            then 'option_unknown'
	            when s.state = 'proposed' and s.during is null
	            then 'session_unplanned'
	            when lower(coalesce(o.during, s.during)) < clock()
	            then 'starts_in_past'
	       end as problem
	  from (select) one
	  left join visible_session s
	    on s.org_id = :auth.org and s.id = :path.session_id
	  left join session_option o
	    on o.org_id = :auth.org and o.session_id = :path.session_id
	   and o.id = (:body ->> 'option_id')::uuid
	   and s.state = 'polled'
  ) seen;

select refuse(seen.problem, seen.params)
  from (
	select case when x.person_id is not null then 'person_busy'
	       end as problem,
	       case when x.person_id = :auth.person
	            then jsonb_build_object('session_id', x.session_id)
	       end as params
	  from (
		select coalesce((
			select o.during
			  from session_option o
			 where o.org_id = :auth.org
			   and o.session_id = :path.session_id
			   and o.id = (:body ->> 'option_id')::uuid),
		       s.during) as during
		  from visible_session s
		 where s.org_id = :auth.org and s.id = :path.session_id
	  ) t
	  left join lateral (
		select o.person_id, o.session_id
		  from engagement o
		 where o.org_id = :auth.org and o.live
		   and o.during && t.during
		   and o.session_id <> :path.session_id
		   and o.person_id in (
			select e.person_id
			  from engagement e
			 where e.org_id = :auth.org and e.live
			   and e.session_id = :path.session_id)
		 order by o.person_id <> :auth.person, o.session_id
		 limit 1
	  ) x on true
  ) seen;

insert into notification (org_id, person_id, kind, object_kind, object_id,
                          actor_id, params)
select :auth.org, c.person_id, 'session_confirmed', 'session', :path.session_id,
       :auth.person, '{}'::jsonb
  from session_circle c
 where c.org_id = :auth.org and c.session_id = :path.session_id
   and c.person_id <> :auth.person;

update session s
   set state = 'confirmed', version = s.version + 1, updated_at = clock(),
       starts_local = w.starts_local, during = w.during
  from (
	select coalesce(o.starts_local, v.starts_local) as starts_local,
	       coalesce(o.during, v.during) as during
	  from visible_session v
	  left join session_option o
	    on o.org_id = :auth.org and o.session_id = :path.session_id
	   and o.id = (:body ->> 'option_id')::uuid
	 where v.org_id = :auth.org and v.id = :path.session_id
  ) w
 where s.org_id = :auth.org and s.id = :path.session_id;

update engagement e
   set during = s.during
  from visible_session s
 where e.org_id = :auth.org and e.session_id = :path.session_id and e.live
   and s.org_id = e.org_id and s.id = e.session_id;

insert into timer (org_id, kind, object_id, due_at)
select :auth.org, w.kind, s.id, w.due_at
  from visible_session s
 cross join lateral (
	values ('remind_session', s.starts_at - interval '24 hours'),
	       ('start_session', s.starts_at),
	       ('hold_session', s.ends_at + interval '12 hours')
 ) w (kind, due_at)
 where s.org_id = :auth.org and s.id = :path.session_id
   and s.state = 'confirmed'
   and (w.kind <> 'remind_session' or w.due_at > clock())
on conflict on constraint timer_already_set do update
   set due_at = excluded.due_at, leased_until = null, parked_at = null,
       attempts = 0;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'session.state_changed', c.id, c.version, :auth.person,
	       jsonb_build_object('state', c.state)
	  from visible_session c
	 where c.org_id = :auth.org and c.id = :path.session_id
)
:as(get_session)
