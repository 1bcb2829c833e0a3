select from claim c
 where c.org_id = :auth.org and c.id = :path.claim_id
   and c.person_id = :auth.person
   for no key update;

select refuse(seen.problem)
  from (
	select case when c.id is null then 'not_found'
	            when stale(:if_match, c.version) then 'stale_version'
	            when (:body ->> 'valid_until')::date < today()
	            then 'valid_until_past'
	       end as problem
	  from (select) one
	  left join visible_claim c
	    on c.org_id = :auth.org and c.id = :path.claim_id
	   and c.person_id = :auth.person and c.deleted_at is null
  ) seen;

update claim c
   set level = coalesce((nullif(:body -> 'level', 'null'))::smallint, c.level),
       interest = case when :body ? 'interest'
                       then (nullif(:body -> 'interest', 'null'))::smallint
                       else c.interest end,
       can_help = coalesce(:body ->> 'can_help', c.can_help),
       wants_to_learn = coalesce((:body ->> 'wants_to_learn')::boolean,
           c.wants_to_learn),
       visibility = coalesce(:body ->> 'visibility', c.visibility),
       note = case when :body ? 'note' then :body ->> 'note'
                   else c.note end,
       valid_until = case when :body ? 'valid_until'
                          then (:body ->> 'valid_until')::date
                          else c.valid_until end,
       state = case when c.state <> 'stale' or not :body ? 'valid_until'
                    then c.state
                    when c.id in (select e.claim_id
                                    from visible_claim_evidence e
                                   where e.org_id = :auth.org
                                     and e.claim_id = :path.claim_id)
                    then 'evidenced' else 'stated' end,
       version = c.version + 1, updated_at = clock()
 where c.org_id = :auth.org and c.id = :path.claim_id;

delete from timer t
 where t.org_id = :auth.org and t.kind = 'expire_claim'
   and t.object_id = :path.claim_id
   and :body ? 'valid_until' and :body ->> 'valid_until' is null;

insert into timer (org_id, kind, object_id, due_at)
select :auth.org, 'expire_claim', c.id,
       (c.valid_until + 1)::timestamp at time zone 'UTC'
  from visible_claim c
 where c.org_id = :auth.org and c.id = :path.claim_id
   and c.valid_until is not null
   and :body ? 'valid_until'
on conflict on constraint timer_already_set do update
   set due_at = excluded.due_at, leased_until = null, parked_at = null,
       attempts = 0;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'claim.updated', t.id, t.version, :auth.person,
	       jsonb_build_object('changed',
	           (select jsonb_agg(k.name order by k.name)
	              from jsonb_object_keys(:body) as k (name)))
	  from visible_claim t
	 where t.org_id = :auth.org and t.id = :path.claim_id
)
:as(get_my_skill)
