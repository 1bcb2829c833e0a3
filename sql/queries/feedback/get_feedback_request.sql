select v.id, v.relation, v.ask_id, v.asker_id, v.asker_name,
       v.asked_id, v.asked_name,
       json_build_object('kind', v.about_kind, 'id', v.about_id,
           'text', v.about_text, 'title',
           coalesce(v.about_names ->> :auth.language,
               v.about_names ->> '', v.about_text)) as about,
       v.context, v.due_at, v.state, v.reason, (
	select f.id
	  from visible_feedback f
	 where f.org_id = :auth.org and f.request_id = v.id
	   and f.state not in ('withdrawn', 'deleted')
	 limit 1) as feedback_id,
       v.version, v.created_at, v.updated_at
  from visible_feedback_request v
 where v.org_id = :auth.org and v.id = :path.feedback_request_id
