-- A merged skill answers with its survivor.
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
       s.version, s.created_at, s.updated_at
  from skill s
 where s.org_id = :auth.org
   and s.id = (select coalesce(m.merged_into, m.id)
	         from skill m
	        where m.org_id = :auth.org and m.id = :path.skill_id)
