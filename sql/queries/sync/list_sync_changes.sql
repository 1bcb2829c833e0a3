select c.id, c.source, c.source_name, c.kind, c.object_id, c.object_name,
       c.action, c.changed, c.created_at
  from (
	select x.org_id, x.id, x.source, x.kind, x.object_id, x.action,
	       x.changed, x.created_at, coalesce((
		select m.name from machine_client m
		 where m.org_id = x.org_id and 'client ' || m.id = x.source),
	           x.source) as source_name, coalesce((
		select p.display_name from person p
		 where p.org_id = x.org_id and p.id = x.object_id
		   and p.deleted_at is null), (
		select t.name from team t
		 where t.org_id = x.org_id and t.id = x.object_id
		   and t.deleted_at is null)) as object_name
	  from sync_change x
  ) c
 where c.org_id = :auth.org
   /*? query.source */ and c.source = :query.source
   /*? query.kind */ and c.kind = :query.kind
   /*? query.object_id */ and c.object_id = :query.object_id
   /*? query.action */ and c.action = any (:query.action)
   /*? query.since */ and c.created_at >= :query.since
   and :page(c)
 order by :order(c)
 limit :limit
