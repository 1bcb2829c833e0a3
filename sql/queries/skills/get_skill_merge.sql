select m.id, m.from_id, coalesce(f.labels ->> :auth.language, f.name)
           as from_label,
       m.into_id, coalesce(i.labels ->> :auth.language, i.name)
           as into_label,
       m.merged_by, m.undone_by, m.undone_at, m.version, m.created_at,
       m.updated_at
  from skill_merge m
  join skill f on f.org_id = m.org_id and f.id = m.from_id
  join skill i on i.org_id = m.org_id and i.id = m.into_id
 where m.org_id = :auth.org and m.id = :path.merge_id
