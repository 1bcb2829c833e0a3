insert into notification (org_id, person_id, kind, object_kind, object_id,
                          params)
select :auth.org, c.person_id, 'session_soon', 'session', s.id,
       jsonb_build_object('starts_at', lower(s.during))
  from session s
  join session_circle c on c.org_id = s.org_id and c.session_id = s.id
 where s.org_id = :auth.org and s.id = :arg.object_id::uuid
   and s.state = 'confirmed' and lower(s.during) > clock()
   and lower(s.during) - interval '24 hours' <= clock()
