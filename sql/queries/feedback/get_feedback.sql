select v.id, v.relation, v.giver_id, v.giver_name, v.receiver_id,
       v.receiver_name, v.request_id,
       json_build_object('kind', v.about_kind, 'id', v.about_id,
           'text', v.about_text, 'title',
           coalesce(v.about_names ->> :auth.language,
               v.about_names ->> '', v.about_text)) as about,
       v.context, v.keep, v.try_next, v.example, v.release,
       v.window_ends_at, v.state, v.advice,
       case when v.useful is not null
            then json_build_object('useful', v.useful, 'did', v.did)
       end as usefulness,
       v.sent_at, v.released_at, v.read_at, v.version, v.created_at,
       v.updated_at, v.deleted_at
  from visible_feedback v
 where v.org_id = :auth.org and v.id = :path.feedback_id
   and v.deleted_at is null
