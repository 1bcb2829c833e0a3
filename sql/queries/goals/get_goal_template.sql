select t.id, t.title, t.description, t.language,
       json_build_object('type', t.measure_type,
           'text', t.measure_text) as measure,
       t.milestones, t.version, t.created_at, t.updated_at
  from goal_template t
 where t.org_id = :auth.org and t.id = :path.template_id
   and t.deleted_at is null
