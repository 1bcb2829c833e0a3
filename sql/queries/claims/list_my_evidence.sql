select refuse('not_found')
 where not exists (
	select from visible_claim c
	 where c.org_id = :auth.org and c.id = :path.claim_id
	   and c.person_id = :auth.person and c.deleted_at is null
 );

select s.id, s.type, s.title, s.url, s.happened_on, s.created_at
  from visible_claim_evidence s
 where s.org_id = :auth.org and s.claim_id = :path.claim_id
   and s.person_id = :auth.person
   and :page(s)
 order by :order(s)
 limit :limit
