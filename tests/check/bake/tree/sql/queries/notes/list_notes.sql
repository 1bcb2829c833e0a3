-- The newest first, if nothing else is asked for.
select s.id, s.title, s.labels, s.version, s.created_at, s._rank
  from (
	select n.id, n.title, n.labels, n.version, n.created_at,
	       length(n.title)::float8 as _rank
	  from visible_note n
	 where n.org_id = :auth.org
	   /*? query.label */ and n.labels && :query.label
	   /*? query.since */ and n.created_at >= :query.since
  ) s
 where :page(s)
 order by :order(s)
 limit :limit;
