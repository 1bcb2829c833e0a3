select s.id, s.title, s.description, s.language, s.measure, s.milestones,
       s.version, s.created_at, s.updated_at, s._title
  from (
	select t.org_id, t.id, t.title, t.description, t.language,
	       json_build_object('type', t.measure_type,
	           'text', t.measure_text) as measure,
	       t.milestones, t.version, t.created_at, t.updated_at,
	       t.sort_title as _title
	  from goal_template t
	 where t.org_id = :auth.org and t.deleted_at is null
  ) s
 where s.org_id = :auth.org
   /*? query.language */ and s.language = any (:query.language)
   and :page(s)
 order by :order(s)
 limit :limit
