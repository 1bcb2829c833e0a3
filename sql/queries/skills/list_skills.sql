select s.id, s.kind, s.state, s.label, s.description, s.labels,
       s.merged_into, s.successor_id, s.version, s.created_at, s.updated_at,
       s._best
  from (
	select n.skill_id as id, k.org_id, k.kind, k.state,
	       coalesce(k.labels ->> :auth.language, k.name) as label,
	       coalesce(k.descriptions ->> :auth.language,
	           k.descriptions ->> 'en', k.descriptions ->> 'nl',
	           k.descriptions ->> 'fr', k.descriptions ->> 'de')
	           as description,
	       k.labels, k.merged_into, k.successor_id, k.version,
	       k.created_at, k.updated_at, k.parents,
	       /*? query.q */ to_char(f.distance, 'FM0.00000 ') ||
	       n.sort as _best
	  from skill_name n
	  join skill k on k.org_id = n.org_id and k.id = n.skill_id
	  /*? query.q */ join search_skills(:query.q, :auth.language) f on f.skill_id = n.skill_id
	 where n.org_id = :auth.org and n.language = :auth.language
  ) s
 where s.kind = any (coalesce(:query.kind, array['skill', 'knowledge',
	'method', 'tool', 'language', 'attitude']))
   and s.state = any (coalesce(:query.state,
	case when :query.updated_since is null
	     then array['suggested', 'active']
	     else array['suggested', 'active', 'deprecated', 'merged'] end))
   /*? query.parent_id */ and s.id in (select p.skill_id from skill_parent p where p.org_id = :auth.org and p.parent_id = :query.parent_id)
   /*? query.top */ and (s.parents = '[]') = :query.top
   /*? query.updated_since */ and s.updated_at >= :query.updated_since
   /*? query.external_ref */ and s.id = (select coalesce(m.merged_into, m.id) from skill_reference r join skill m on m.org_id = r.org_id and m.id = r.skill_id where r.org_id = :auth.org and r.scheme = split_part(:query.external_ref, ':', 1) and r.external_id = substr(:query.external_ref, strpos(:query.external_ref, ':') + 1))
   and :page(s)
 order by :order(s)
 limit :limit
