select refuse('not_found')
 where not exists (
	select from visible_claim c
	 where c.org_id = :auth.org and c.id = :path.claim_id
	   and c.person_id = :path.person_id and c.deleted_at is null
 );

select s.id, s.claim_id, s.person_id,
       json_build_object('person_id', s.endorser_id,
           'display_name', s.endorser_name) as endorser,
       s.saw_in, s.exchange_id is not null as grounded, s.level_seen, s.text,
       s.state, s.fresh, s.version, s.created_at, s.updated_at
  from visible_endorsement s
 where s.org_id = :auth.org and s.claim_id = :path.claim_id
   and s.state <> 'withdrawn'
   /*? query.saw_in */ and s.saw_in = any (:query.saw_in)
   /*? query.fresh */ and s.fresh = :query.fresh
   and :page(s)
 order by :order(s)
 limit :limit
