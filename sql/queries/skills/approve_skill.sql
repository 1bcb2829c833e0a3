select from skill s
 where s.org_id = :auth.org and s.id = :path.skill_id
   for no key update;

select refuse(seen.problem, jsonb_build_object('into_id', seen.merged_into))
  from (
	select s.merged_into,
	       case when s.id is null then 'not_found'
	            when s.state = 'merged' then 'skill_merged'
	            when s.state = 'active' then 'skill_active_already'
	            when stale(:if_match, s.version) then 'stale_version'
	       end as problem
	  from (select) one
	  left join skill s
	    on s.org_id = :auth.org and s.id = :path.skill_id
  ) seen;

update skill s
   set state = 'active', successor_id = null,
       edited = array(select unnest(s.edited) union select 'state' order by 1),
       version = s.version + 1, updated_at = clock()
 where s.org_id = :auth.org and s.id = :path.skill_id;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'skill.updated', t.id, t.version, :auth.person,
	       jsonb_build_object('changed', jsonb_build_array('state'))
	  from skill t
	 where t.org_id = :auth.org and t.id = :path.skill_id
)
:as(get_skill)
