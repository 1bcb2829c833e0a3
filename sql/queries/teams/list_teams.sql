select s.id, s.name, s.parent_id, s.external_id, s.leaders, s.version,
       s.created_at, s.updated_at, s.deleted_at, s._sort_name
  from team_card s
 where s.org_id = :auth.org
   and (s.deleted_at is null or :query.updated_since is not null)
   /*? query.parent_id */ and s.parent_id = :query.parent_id
   /*? query.updated_since */ and s.updated_at >= :query.updated_since
   and :page(s)
 order by :order(s)
 limit :limit
