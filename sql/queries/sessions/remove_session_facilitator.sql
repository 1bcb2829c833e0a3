select from session s
 where s.org_id = :auth.org and s.id = :path.session_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when s.id is null then 'not_found'
	            when s.host_id <> :auth.person
	             and :path.person_id <> :auth.person then 'forbidden'
	            when e.person_id is null then 'not_found'
	            when stale(:if_match, s.version) then 'stale_version'
	            when s.state not in ('proposed', 'polled', 'confirmed',
	                                 'running')
	            then 'session_closed'
	       end as problem
	  from (select) one
	  left join visible_session s
	    on s.org_id = :auth.org and s.id = :path.session_id
	  left join engagement e
	    on e.org_id = :auth.org and e.session_id = :path.session_id
	   and e.person_id = :path.person_id and e.role = 'facilitator'
  ) seen;

insert into notification (org_id, person_id, kind, object_kind, object_id,
                          actor_id)
select :auth.org, w.person_id,
       case when w.person_id = s.host_id then 'session_facilitator_left'
            else 'session_facilitator_removed' end, 'session', s.id,
       :auth.person
  from visible_session s
 cross join lateral (
	values (s.host_id), (:path.person_id)
 ) w (person_id)
 where s.org_id = :auth.org and s.id = :path.session_id
   and w.person_id <> :auth.person;

with changed as (
	update session s
	   set version = s.version + 1, updated_at = clock()
	 where s.org_id = :auth.org and s.id = :path.session_id
	returning s.id, s.version
)
insert into outbox (org_id, event, object_id, version, actor_id, body)
select :auth.org, 'session.updated', c.id, c.version, :auth.person,
       jsonb_build_object('changed', jsonb_build_array('facilitators'))
  from changed c;

delete from engagement e
 where e.org_id = :auth.org and e.session_id = :path.session_id
   and e.person_id = :path.person_id and e.role = 'facilitator'
returning e.person_id as _id
