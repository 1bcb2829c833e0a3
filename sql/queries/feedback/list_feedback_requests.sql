select s.id, s.relation, s.ask_id, s.asker_id, s.asker_name,
       s.asked_id, s.asked_name,
       json_build_object('kind', s.about_kind, 'id', s.about_id,
           'text', s.about_text, 'title',
           coalesce(s.about_names ->> :auth.language,
               s.about_names ->> '', s.about_text)) as about,
       s.context, s.due_at, s.state, s.reason, (
	select f.id
	  from visible_feedback f
	 where f.org_id = :auth.org and f.request_id = s.id
	   and f.state not in ('withdrawn', 'deleted')
	 limit 1) as feedback_id,
       s.version, s.created_at, s.updated_at
  from (
	select v.org_id, v.id, v.relation, v.ask_id, v.asker_id, v.asker_name,
	       v.asked_id, v.asked_name, v.about_kind, v.about_id,
	       v.about_text, v.about_names, v.context, v.due_at, v.state,
	       v.reason, v.version, v.created_at, v.updated_at
	  from visible_feedback_request v
	 where v.org_id = :auth.org and v.asker_id = :auth.person
	   and :query.direction = 'asked'
	union all
	select v.org_id, v.id, v.relation, v.ask_id, v.asker_id, v.asker_name,
	       v.asked_id, v.asked_name, v.about_kind, v.about_id,
	       v.about_text, v.about_names, v.context, v.due_at, v.state,
	       v.reason, v.version, v.created_at, v.updated_at
	  from visible_feedback_request v
	 where v.org_id = :auth.org and v.asked_id = :auth.person
	   and :query.direction = 'received'
  ) s
 where s.org_id = :auth.org
   /*? query.state */ and s.state = any (:query.state)
   /*? query.ask_id */ and s.ask_id = :query.ask_id
   /*? query.updated_since */ and s.updated_at >= :query.updated_since
   and :page(s)
 order by :order(s)
 limit :limit
