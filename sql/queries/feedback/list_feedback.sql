select s.id, s.relation, s.giver_id, s.giver_name, s.receiver_id,
       s.receiver_name, s.request_id,
       json_build_object('kind', s.about_kind, 'id', s.about_id,
           'text', s.about_text, 'title',
           coalesce(s.about_names ->> :auth.language,
               s.about_names ->> '', s.about_text)) as about,
       s.context, s.keep, s.try_next, s.example, s.release,
       s.window_ends_at, s.state, s.advice,
       case when s.useful is not null
            then json_build_object('useful', s.useful, 'did', s.did)
       end as usefulness,
       s.sent_at, s.released_at, s.read_at, s.version, s.created_at,
       s.updated_at, s.deleted_at, s._shown_at
  from (
	select v.org_id, v.id, v.relation, v.giver_id, v.giver_name,
	       v.receiver_id, v.receiver_name, v.request_id, v.about_kind,
	       v.about_id, v.about_text, v.about_names, v.context, v.keep,
	       v.try_next, v.example, v.release, v.window_ends_at, v.state,
	       v.advice, v.useful, v.did, v.sent_at, v.released_at,
	       v.read_at, v.version, v.created_at, v.updated_at,
	       v.deleted_at, v.shown_at as _shown_at
	  from visible_feedback v
	 where v.org_id = :auth.org and v.giver_id = :auth.person
	   and :query.direction = 'given'
	union all
	select v.org_id, v.id, v.relation, v.giver_id, v.giver_name,
	       v.receiver_id, v.receiver_name, v.request_id, v.about_kind,
	       v.about_id, v.about_text, v.about_names, v.context, v.keep,
	       v.try_next, v.example, v.release, v.window_ends_at, v.state,
	       v.advice, v.useful, v.did, v.sent_at, v.released_at,
	       v.read_at, v.version, v.created_at, v.updated_at,
	       v.deleted_at, v.shown_at as _shown_at
	  from visible_feedback v
	 where v.org_id = :auth.org and v.receiver_id = :auth.person
	   and v.released_at is not null
	   and :query.direction = 'received'
  ) s
 where s.org_id = :auth.org
   and (s.deleted_at is null or :query.updated_since is not null)
   /*? query.state */ and s.state = any (:query.state)
   /*? query.person_id */ and :query.person_id in (s.giver_id, s.receiver_id)
   /*? query.about_id */ and s.about_id = :query.about_id
   /*? query.updated_since */ and s.updated_at >= :query.updated_since
   and :page(s)
 order by :order(s)
 limit :limit
