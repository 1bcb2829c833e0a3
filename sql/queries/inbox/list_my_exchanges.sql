select s.id, s.kind, s.object, s.origin, s.part, s.others, s.happened_at
  from (
	select m.org_id, m.exchange_id as id, x.kind, json_build_object(
	           'kind', x.kind, 'id', x.object_id,
	           'title', coalesce(l.titles ->> :auth.language, l.title))
	           as object,
	       x.origin, m.part, (
		select coalesce(json_agg(json_build_object(
		           'person_id', o.id, 'display_name', o.display_name)
		           order by o.sort_name, o.id), '[]')
		  from (
			select p.id, p.display_name, p.sort_name
			  from shared_exchange t
			  join person p
			    on p.org_id = t.org_id and p.id = t.other_id
			   and p.deleted_at is null
			 where t.org_id = m.org_id
			   and t.exchange_id = m.exchange_id
			   and t.person_id = m.person_id
			   and t.other_id <> all (array(
				select b.other_id
				  from blocked_pair b
				 where b.org_id = :auth.org
				   and b.person_id = :auth.person))
			 order by p.sort_name, p.id
			 limit 20
		  ) o) as others,
	       m.happened_at
	  from exchange_person m
	 cross join lateral (
		select e.kind, e.object_id, e.origin
		  from exchange e
		 where e.org_id = m.org_id and e.id = m.exchange_id
		 limit 1
	  ) x
	  left join lateral (
		select n.title, n.titles
		  from notification_title n
		 where n.org_id = m.org_id and n.object_kind = x.kind
		   and n.object_id = x.object_id
		 limit 1
	  ) l on true
	 where m.org_id = :auth.org and m.person_id = :auth.person
  ) s
 where s.org_id = :auth.org
   /*? query.kind */ and s.kind = any (:query.kind)
   /*? query.person_id */ and s.id in (select t.exchange_id from shared_exchange t where t.org_id = :auth.org and t.person_id = :auth.person and t.other_id = :query.person_id and not exists (select from blocked_pair b where b.org_id = :auth.org and b.person_id = :auth.person and b.other_id = :query.person_id))
   and :page(s)
 order by :order(s)
 limit :limit
