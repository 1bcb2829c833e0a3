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
       s.updated_at, s.deleted_at, s._at
  from (
	select v.org_id, v.id, v.relation, v.giver_id, v.giver_name,
	       v.receiver_id, v.receiver_name, v.request_id, v.about_kind,
	       v.about_id, v.about_text, v.about_names, v.context, v.keep,
	       v.try_next, v.example, v.release, v.window_ends_at, v.state,
	       v.advice, v.useful, v.did, v.sent_at, v.released_at,
	       v.read_at, v.version, v.created_at, v.updated_at,
	       v.deleted_at, h.created_at as _at
	  from feedback_share h
	 cross join lateral (
		select f.org_id, f.id, f.relation, f.giver_id, f.giver_name,
		       f.receiver_id, f.receiver_name, f.request_id,
		       f.about_kind, f.about_id, f.about_text,
		       f.about_names, f.context, f.keep, f.try_next,
		       f.example, f.release, f.window_ends_at, f.state,
		       f.advice, f.useful, f.did, f.sent_at,
		       f.released_at, f.read_at, f.version,
		       f.created_at, f.updated_at, f.deleted_at
		  from visible_feedback f
		 where f.org_id = h.org_id and f.id = h.feedback_id
		   and f.relation = 'reader'
		 limit 1
	  ) v
	 where h.org_id = :auth.org and h.person_id = :auth.person
  ) s
 where s.org_id = :auth.org
   and :page(s)
 order by :order(s)
 limit :limit
