select refuse('forbidden')
 where not :auth.roles && '{hr,integrator}'
   and (:body ->> 'kind' = 'group'
	or jsonb_array_length(:body -> 'external_refs') > 0
	or jsonb_array_length(:body -> 'relations') > 0);

select refuse('similar_skills_exist',
           jsonb_build_object('candidates', near.candidates))
  from (
	select jsonb_agg(jsonb_build_object('id', s.id, 'state', s.state,
	           'label', coalesce(s.labels ->> :auth.language, s.name))
	           order by f.distance, s.id) as candidates
	  from (
		select f.skill_id, min(f.distance) as distance
		  from jsonb_each_text(:body -> 'labels') l
		 cross join search_skills(l.value, l.key) f
		 where f.distance <= 0.35
		 group by f.skill_id
		 order by 2, 1
		 limit 5
	  ) f
	  join skill s on s.org_id = :auth.org and s.id = f.skill_id
	 where s.kind <> 'group'
  ) near
 where near.candidates is not null
   and not coalesce((:body ->> 'confirmed_new')::boolean, false);

select from skill s
 where s.org_id = :auth.org
   and s.id in (
	select p.id::uuid
	  from jsonb_array_elements_text(:body -> 'parent_ids') as p (id)
	union
	select r.skill_id
	  from jsonb_to_recordset(:body -> 'relations') as r (skill_id uuid))
 order by s.id
   for no key update;

insert into skill (org_id, id, kind, state, labels, alt_labels, descriptions,
                   suggested_by, edited)
values (:auth.org, :new.id, coalesce(:body ->> 'kind', 'skill'),
        case when :auth.roles && '{hr,integrator}' then 'active'
             else 'suggested' end,
        :body -> 'labels', tidy_lists(coalesce(:body -> 'alt_labels', '{}')),
        coalesce(:body -> 'descriptions', '{}'), :auth.person,
        edited_fields(:body));

insert into skill_label (org_id, skill_id, language, normalized, kind, live)
select w.org_id, w.skill_id, w.language, w.normalized, w.kind, w.live
  from wanted_skill_label w
 where w.org_id = :auth.org and w.skill_id = :new.id;

insert into skill_name (org_id, skill_id, language, sort)
select w.org_id, w.skill_id, w.language, w.sort
  from wanted_skill_name w
 where w.org_id = :auth.org and w.skill_id = :new.id;

insert into skill_parent (org_id, skill_id, parent_id)
select distinct :auth.org, :new.id, coalesce(m.merged_into, p.id::uuid)
  from jsonb_array_elements_text(:body -> 'parent_ids') as p (id)
  left join skill m on m.org_id = :auth.org and m.id = p.id::uuid;

insert into skill_relation (org_id, skill_id, type, related_id)
select distinct :auth.org, :new.id, r.type,
       coalesce(m.merged_into, r.skill_id)
  from jsonb_to_recordset(:body -> 'relations') as r (type text, skill_id uuid)
  left join skill m on m.org_id = :auth.org and m.id = r.skill_id;

insert into skill_reference (org_id, skill_id, scheme, external_id)
select :auth.org, :new.id, r.scheme, r.id
  from jsonb_to_recordset(:body -> 'external_refs') as r (scheme text, id text);

update skill s
   set parents = d.parents, relations = d.relations,
       external_refs = d.external_refs
  from skill_document d
 where s.org_id = :auth.org and d.org_id = :auth.org and d.id = s.id
   and (s.id = :new.id
	or s.id in (select r.related_id
	              from skill_relation r
	             where r.org_id = :auth.org and r.skill_id = :new.id
	               and r.type = 'similar'));

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'skill.created', t.id, t.version, :auth.person,
	       '{}'
	  from skill t
	 where t.org_id = :auth.org and t.id = :new.id
)
select s.id, s.kind, s.state,
       coalesce(s.labels ->> :auth.language, s.name) as label,
       coalesce(s.descriptions ->> :auth.language, s.descriptions ->> 'en',
           s.descriptions ->> 'nl', s.descriptions ->> 'fr',
           s.descriptions ->> 'de') as description,
       s.labels, s.alt_labels, s.descriptions, s.parents, s.relations,
       s.external_refs, s.merged_from, s.successor_id,
       case when s.suggested_by = :auth.person
              or 'hr' = any (:auth.roles) then s.suggested_by end
           as suggested_by,
       s.version, s.created_at, s.updated_at,
       '/v1/skills/' || s.id as _location
  from skill s
 where s.org_id = :auth.org and s.id = :new.id
