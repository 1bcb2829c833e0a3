update skill s
   set parents = d.parents, relations = d.relations,
       external_refs = d.external_refs, updated_at = clock()
  from skill_document d
 where s.org_id = :auth.org and d.org_id = :auth.org and d.id = s.id
   and (s.parents, s.relations, s.external_refs)
       is distinct from (d.parents, d.relations, d.external_refs);

update skill s
   set updated_at = l.at
  from (select clock_by_now() as at) l
 where s.org_id = :auth.org and s.updated_at = clock();

insert into outbox (org_id, event, object_id, body)
select :auth.org, 'skill.imported', :auth.org,
       jsonb_build_object('scheme', 'esco',
           'created', count(*) filter (where w.fate = 'new'),
           'updated', count(*) filter (where w.fate <> 'new'))
  from incoming_wanted w
 where w.is_changed
