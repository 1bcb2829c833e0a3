select s.id, s.title, s.host, s.state, s.starts_at, s.ends_at, s.zone, s.taken,
       s.needs_host_since, s.version, s.created_at, s.updated_at,
       s._soonest_at
  from session_without_host s
 where s.org_id = :auth.org
   and :page(s)
 order by :order(s)
 limit :limit
