select from claim c
 where c.org_id = :auth.org and c.id = :path.claim_id
   and c.person_id = :auth.person
   for no key update;

select refuse('not_found')
 where not exists (
	select from visible_claim c
	 where c.org_id = :auth.org and c.id = :path.claim_id
	   and c.person_id = :auth.person and c.deleted_at is null
 );

select refuse(seen.problem)
  from (
	select case when (:body ->> 'happened_on')::date > today()
	            then 'evidence_in_future'
	            when count(e.id) >= 50 then 'evidence_full'
	       end as problem
	  from visible_claim_evidence e
	 where e.org_id = :auth.org and e.claim_id = :path.claim_id
  ) seen;

insert into claim_evidence (org_id, id, claim_id, type, title, url,
                            happened_on)
values (:auth.org, :new.id, :path.claim_id, :body ->> 'type',
        :body ->> 'title', :body ->> 'url',
        coalesce((:body ->> 'happened_on')::date, today()));

with changed as (
	update claim c
	   set state = case c.state when 'stale' then 'stale'
	                            else 'evidenced' end,
	       version = c.version + 1, updated_at = clock()
	 where c.org_id = :auth.org and c.id = :path.claim_id
	returning c.id, c.version
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'claim.updated', c.id, c.version, :auth.person,
	       jsonb_build_object('changed', jsonb_build_array('evidence'))
	  from changed c
)
select e.id, e.type, e.title, e.url, e.happened_on, e.created_at,
       '/v1/me/skills/' || e.claim_id || '/evidence/' || e.id as _location
  from visible_claim_evidence e
 where e.org_id = :auth.org and e.id = :new.id
