select from session s
 where s.org_id = :auth.org and s.id = :path.session_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when s.id is null then 'not_found'
	            when coalesce(s.my_role, '') not in ('host', 'facilitator')
	            then 'forbidden'
	            when stale(:if_match, s.version) then 'stale_version'
	            when s.state not in ('running', 'held')
	            then 'session_not_run'
	       end as problem
	  from (select) one
	  left join visible_session s
	    on s.org_id = :auth.org and s.id = :path.session_id
  ) seen;

update session s
   set notes = :body ->> 'notes', recap = :body ->> 'recap',
       outcomes = coalesce(:body -> 'outcomes', '[]'),
       version = s.version + 1, updated_at = clock()
 where s.org_id = :auth.org and s.id = :path.session_id;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'session.updated', c.id, c.version, :auth.person,
	       jsonb_build_object('changed', jsonb_build_array('notes',
	           'outcomes', 'recap'))
	  from visible_session c
	 where c.org_id = :auth.org and c.id = :path.session_id
)
:as(get_session)
