-- The successor is locked too, lest two skills succeed one another.
select from skill s
 where s.org_id = :auth.org
   and s.id in (
	select :path.skill_id
	union
	select coalesce(m.merged_into, m.id)
	  from skill m
	 where m.org_id = :auth.org
	   and m.id = (:body ->> 'successor_id')::uuid)
 order by s.id
   for no key update;

select refuse(seen.problem, jsonb_build_object('into_id', seen.merged_into))
  from (
	select s.merged_into,
	       case when s.id is null then 'not_found'
	            when s.state = 'merged' then 'skill_merged'
	            when stale(:if_match, s.version) then 'stale_version'
	       end as problem
	  from (select) one
	  left join skill s
	    on s.org_id = :auth.org and s.id = :path.skill_id
  ) seen;

select refuse('successor_deprecated')
  from skill m
  join skill o
    on o.org_id = m.org_id and o.id = coalesce(m.merged_into, m.id)
 where m.org_id = :auth.org and m.id = (:body ->> 'successor_id')::uuid
   and o.state = 'deprecated' and o.id <> :path.skill_id;

update skill s
   set state = 'deprecated',
       successor_id = coalesce((
		select m.merged_into
		  from skill m
		 where m.org_id = :auth.org
		   and m.id = (:body ->> 'successor_id')::uuid),
	    (:body ->> 'successor_id')::uuid),
       edited = array(select unnest(s.edited) union select 'state' order by 1),
       version = s.version + 1, updated_at = clock()
 where s.org_id = :auth.org and s.id = :path.skill_id;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'skill.updated', t.id, t.version, :auth.person,
	       jsonb_build_object('changed', jsonb_build_array('state', 'successor_id'))
	  from skill t
	 where t.org_id = :auth.org and t.id = :path.skill_id
)
:as(get_skill)
