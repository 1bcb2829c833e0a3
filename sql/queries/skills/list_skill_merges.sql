select s.id, s.from_id, s.from_label, s.into_id, s.into_label, s.merged_by,
       s.undone_by, s.undone_at, s.version, s.created_at, s.updated_at
  from (
	select m.id, m.org_id, m.from_id,
	       coalesce(f.labels ->> :auth.language, f.name) as from_label,
	       m.into_id,
	       coalesce(i.labels ->> :auth.language, i.name) as into_label,
	       m.merged_by, m.undone_by, m.undone_at, m.version,
	       m.created_at, m.updated_at
	  from skill_merge m
	  join skill f on f.org_id = m.org_id and f.id = m.from_id
	  join skill i on i.org_id = m.org_id and i.id = m.into_id
	 where m.org_id = :auth.org
  ) s
 where s.org_id = :auth.org
   /*? query.skill_id */ and :query.skill_id in (s.from_id, s.into_id)
   and :page(s)
 order by :order(s)
 limit :limit
