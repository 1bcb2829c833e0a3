-- All that it touches is locked first, in the order of their ids: rivals that
-- relate two skills to one another would wait for each other, and a merge
-- would leave a parent that is no more.
select from skill s
 where s.org_id = :auth.org
   and s.id in (
	select :path.skill_id
	union
	select p.id::uuid
	  from jsonb_array_elements_text(:body -> 'parent_ids') as p (id)
	union
	select r.skill_id
	  from jsonb_to_recordset(:body -> 'relations') as r (skill_id uuid)
	union
	select unnest(array[r.skill_id, r.related_id])
	  from skill_relation r
	 where r.org_id = :auth.org
	   and :path.skill_id in (r.skill_id, r.related_id)
	union
	select p.skill_id
	  from skill_parent p
	 where p.org_id = :auth.org and p.parent_id = :path.skill_id
	   and :body ?| array['labels', 'kind'])
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

delete from skill_parent p
 where p.org_id = :auth.org and p.skill_id = :path.skill_id
   and :body ? 'parent_ids';

insert into skill_parent (org_id, skill_id, parent_id)
select distinct :auth.org, :path.skill_id, coalesce(m.merged_into, p.id::uuid)
  from jsonb_array_elements_text(:body -> 'parent_ids') as p (id)
  left join skill m on m.org_id = :auth.org and m.id = p.id::uuid;

delete from skill_relation r
 where r.org_id = :auth.org and r.skill_id = :path.skill_id
   and :body ? 'relations';

insert into skill_relation (org_id, skill_id, type, related_id)
select distinct :auth.org, :path.skill_id, r.type,
       coalesce(m.merged_into, r.skill_id)
  from jsonb_to_recordset(:body -> 'relations') as r (type text, skill_id uuid)
  left join skill m on m.org_id = :auth.org and m.id = r.skill_id;

delete from skill_reference r
 where r.org_id = :auth.org and r.skill_id = :path.skill_id
   and :body ? 'external_refs';

insert into skill_reference (org_id, skill_id, scheme, external_id)
select :auth.org, :path.skill_id, r.scheme, r.id
  from jsonb_to_recordset(:body -> 'external_refs') as r (scheme text, id text);

update skill s
   set kind = coalesce(:body ->> 'kind', s.kind),
       labels = merge_patch(s.labels, :body -> 'labels'),
       alt_labels = tidy_lists(
           merge_patch(s.alt_labels, :body -> 'alt_labels')),
       descriptions = merge_patch(s.descriptions, :body -> 'descriptions'),
       edited = array(select unnest(s.edited)
                      union
                      select unnest(edited_fields(:body))
                       order by 1),
       version = s.version + 1, updated_at = clock()
 where s.org_id = :auth.org and s.id = :path.skill_id;

delete from skill_label l
 where l.org_id = :auth.org and l.skill_id = :path.skill_id;

insert into skill_label (org_id, skill_id, language, normalized, kind, live)
select w.org_id, w.skill_id, w.language, w.normalized, w.kind, w.live
  from wanted_skill_label w
 where w.org_id = :auth.org and w.skill_id = :path.skill_id;

insert into skill_name (org_id, skill_id, language, sort)
select w.org_id, w.skill_id, w.language, w.sort
  from wanted_skill_name w
 where w.org_id = :auth.org and w.skill_id = :path.skill_id
on conflict (org_id, skill_id, language) do update set sort = excluded.sort;

update skill s
   set parents = d.parents, relations = d.relations,
       external_refs = d.external_refs
  from skill_document d
 where s.org_id = :auth.org and d.org_id = :auth.org and d.id = s.id
   and (s.parents, s.relations, s.external_refs)
       is distinct from (d.parents, d.relations, d.external_refs)
   and s.id in (
	select :path.skill_id
	union all
	select p.skill_id
	  from skill_parent p
	 where p.org_id = :auth.org and p.parent_id = :path.skill_id
	union all
	select r.skill_id
	  from skill_relation r
	 where r.org_id = :auth.org and r.related_id = :path.skill_id
	union all
	select (x ->> 'skill_id')::uuid
	  from skill o
	 cross join jsonb_array_elements(o.relations) x
	 where o.org_id = :auth.org and o.id = :path.skill_id
	union all
	select r.related_id
	  from skill_relation r
	 where r.org_id = :auth.org and r.skill_id = :path.skill_id);

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'skill.updated', t.id, t.version, :auth.person,
	       jsonb_build_object('changed', to_jsonb(edited_fields(:body)))
	  from skill t
	 where t.org_id = :auth.org and t.id = :path.skill_id
)
:as(get_skill)
