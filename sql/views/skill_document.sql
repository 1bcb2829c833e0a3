-- What the columns parents, relations, external_refs and merged_from of skill
-- repeat.
create or replace view skill_document with (security_invoker = true) as
select s.org_id, s.id,
       (select coalesce(jsonb_agg(jsonb_build_object('id', p.id,
                   'kind', p.kind, 'labels', p.labels)
                   order by p.kind, p.name, p.id), '[]')
          from skill_parent sp
          join skill p on p.org_id = sp.org_id and p.id = sp.parent_id
         where sp.org_id = s.org_id and sp.skill_id = s.id) as parents,
       (select coalesce(jsonb_agg(jsonb_build_object('type', r.type,
                   'skill_id', o.id, 'labels', o.labels)
                   order by r.type, o.name, o.id), '[]')
          from (
		select t.type, t.related_id
		  from skill_relation t
		 where t.org_id = s.org_id and t.skill_id = s.id
		union
		select t.type, t.skill_id
		  from skill_relation t
		 where t.org_id = s.org_id and t.related_id = s.id
		   and t.type = 'similar'
          ) r
          join skill o on o.org_id = s.org_id and o.id = r.related_id
       ) as relations,
       (select coalesce(jsonb_agg(jsonb_build_object('scheme', x.scheme,
                   'id', x.external_id)
                   order by x.scheme, x.external_id), '[]')
          from skill_reference x
         where x.org_id = s.org_id and x.skill_id = s.id) as external_refs,
       (select coalesce(jsonb_agg(m.id order by m.id), '[]')
          from skill m
         where m.org_id = s.org_id and m.merged_into = s.id) as merged_from
  from skill s;
