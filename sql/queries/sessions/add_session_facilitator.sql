select from person p
 where p.org_id = :auth.org and p.id = (:body ->> 'person_id')::uuid
   for no key update;

select from session s
 where s.org_id = :auth.org and s.id = :path.session_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when s.id is null then 'not_found'
	            when s.host_id <> :auth.person then 'forbidden'
	            when stale(:if_match, s.version) then 'stale_version'
	            when p.id is null then 'person_unknown'
	            when s.state not in ('proposed', 'polled', 'confirmed',
	                                 'running')
	            then 'session_closed'
	            when e.live or e.role <> 'participant'
	              or exists (
			select from seat_in_line l
			 where l.org_id = :auth.org
			   and l.session_id = :path.session_id
			   and l.person_id = (:body ->> 'person_id')::uuid)
	            then 'engaged_already'
	            when (select count(*)
	                    from engagement f
	                   where f.org_id = :auth.org
	                     and f.session_id = :path.session_id
	                     and f.role = 'facilitator') >= 20
	            then 'facilitators_full'
	            when exists (
			select from engagement o
			 where o.org_id = :auth.org and o.person_id = p.id
			   and o.live and o.during && s.during
			   and o.session_id <> s.id)
	            then 'person_busy'
	       end as problem
	  from (select) one
	  left join visible_session s
	    on s.org_id = :auth.org and s.id = :path.session_id
	  left join person p
	    on p.org_id = :auth.org and p.id = (:body ->> 'person_id')::uuid
	   and p.active and p.deleted_at is null
	   and p.id not in (
		select b.other_id
		  from blocked_pair b
		 where b.org_id = :auth.org and b.person_id = :auth.person)
	  left join engagement e
	    on e.org_id = :auth.org and e.session_id = :path.session_id
	   and e.person_id = (:body ->> 'person_id')::uuid
  ) seen;

insert into engagement (org_id, session_id, person_id, role, during)
select :auth.org, s.id, (:body ->> 'person_id')::uuid, 'facilitator',
       s.during
  from visible_session s
 where s.org_id = :auth.org and s.id = :path.session_id
on conflict on constraint engagement_key do update
   set role = excluded.role, during = excluded.during, live = true;

insert into notification (org_id, person_id, kind, object_kind, object_id,
                          actor_id)
values (:auth.org, (:body ->> 'person_id')::uuid,
        'session_facilitator_added', 'session', :path.session_id,
        :auth.person);

update session s
   set version = s.version + 1, updated_at = clock()
 where s.org_id = :auth.org and s.id = :path.session_id;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'session.updated', c.id, c.version, :auth.person,
	       jsonb_build_object('changed', jsonb_build_array('facilitators'))
	  from visible_session c
	 where c.org_id = :auth.org and c.id = :path.session_id
)
:as(get_session)
