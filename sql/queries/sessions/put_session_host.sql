select from person p
 where p.org_id = :auth.org and p.id = (:body ->> 'person_id')::uuid
   for no key update;

select from session s
 where s.org_id = :auth.org and s.id = :path.session_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when s.id is null then 'not_found'
	            when stale(:if_match, s.version) then 'stale_version'
	            when p.id is null then 'person_unknown'
	            when e.live and e.role = 'participant'
	              or exists (
			select from seat_in_line l
			 where l.org_id = :auth.org
			   and l.session_id = :path.session_id
			   and l.person_id = (:body ->> 'person_id')::uuid)
	            then 'engaged_already'
	            when exists (
			select from engagement o
			 where o.org_id = :auth.org and o.person_id = p.id
			   and o.live and o.during && s.during
			   and o.session_id <> s.id)
	            then 'person_busy'
	       end as problem
	  from (select) one
	  left join session_without_host s
	    on s.org_id = :auth.org and s.id = :path.session_id
	  left join person p
	    on p.org_id = :auth.org and p.id = (:body ->> 'person_id')::uuid
	   and p.active and p.deleted_at is null
	  left join engagement e
	    on e.org_id = :auth.org and e.session_id = :path.session_id
	   and e.person_id = (:body ->> 'person_id')::uuid
  ) seen;

update engagement e
   set role = 'participant', live = false
 where e.org_id = :auth.org and e.session_id = :path.session_id
   and e.role = 'host';

insert into engagement (org_id, session_id, person_id, role, during)
select :auth.org, s.id, (:body ->> 'person_id')::uuid, 'host', s.during
  from session_without_host s
 where s.org_id = :auth.org and s.id = :path.session_id
on conflict on constraint engagement_key do update
   set role = excluded.role, during = excluded.during, live = true;

insert into notification (org_id, person_id, kind, object_kind, object_id,
                          actor_id)
values (:auth.org, (:body ->> 'person_id')::uuid, 'session_host_asked',
        'session', :path.session_id, :auth.person);

with given as (
	update session s
	   set host_id = (:body ->> 'person_id')::uuid,
	       needs_host_since = null, version = s.version + 1,
	       updated_at = clock()
	 where s.org_id = :auth.org and s.id = :path.session_id
	returning s.id, s.version
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'session.updated', g.id, g.version, :auth.person,
	       jsonb_build_object('changed', jsonb_build_array('host'))
	  from given g
)
select g.id as _id
  from given g
