-- The claim is locked against its deletion.  Whoever gives again what was
-- hidden gives it hidden, and nobody is told.
select from claim c
 where c.org_id = :auth.org and c.id = :path.claim_id
   and c.person_id = :path.person_id
   for no key update;

select refuse(seen.problem,
           jsonb_build_object('endorsement_id', seen.endorsement_id))
  from (
	select e.id as endorsement_id,
	       case when c.id is null then 'not_found'
	            when c.person_id = :auth.person then 'endorsement_not_self'
	            when e.id is not null then 'endorsement_given_already'
	            when :body ->> 'saw_in' not in ('project', 'other')
	             and x.exchange_id is null then 'exchange_missing'
	       end as problem
	  from (select) one
	  left join visible_claim c
	    on c.org_id = :auth.org and c.id = :path.claim_id
	   and c.person_id = :path.person_id and c.deleted_at is null
	  left join visible_endorsement e
	    on e.org_id = :auth.org and e.claim_id = :path.claim_id
	   and e.endorser_id = :auth.person and e.state <> 'withdrawn'
	  left join lateral (
		select s.exchange_id
		  from shared_exchange s
		 where s.org_id = :auth.org and s.person_id = :auth.person
		   and s.other_id = :path.person_id
		   and s.happened_at > clock() - interval '24 months'
		 limit 1
	  ) x on true
  ) seen;

insert into endorsement (org_id, id, claim_id, person_id, endorser_id, saw_in,
                         exchange_id, level_seen, text, state, hidden_at)
select :auth.org, :new.id, :path.claim_id, :path.person_id, :auth.person,
       :body ->> 'saw_in', x.exchange_id,
       (nullif(:body -> 'level_seen', 'null'))::smallint, :body ->> 'text',
       case when h.hidden_at is null then 'given' else 'hidden' end,
       h.hidden_at
  from (select) one
  left join lateral (
	select s.exchange_id
	  from shared_exchange s
	 where s.org_id = :auth.org and s.person_id = :auth.person
	   and s.other_id = :path.person_id
	   and s.happened_at > clock() - interval '24 months'
	   and :body ->> 'saw_in' not in ('project', 'other')
	 order by s.happened_at desc, s.exchange_id desc
	 limit 1
  ) x on true
  left join lateral (
	select e.hidden_at
	  from visible_endorsement e
	 where e.org_id = :auth.org and e.claim_id = :path.claim_id
	   and e.endorser_id = :auth.person and e.hidden_at is not null
	 order by e.created_at desc
	 limit 1
  ) h on true;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'endorsement.given', t.id, t.version, :auth.person,
	       jsonb_build_object('claim_id', t.claim_id)
	  from visible_endorsement t
	 where t.org_id = :auth.org and t.id = :new.id
), noticed as (
	insert into notification (org_id, person_id, kind, object_kind,
	                          object_id, actor_id)
	select :auth.org, n.person_id, 'skill_endorsed', 'claim', n.claim_id,
	       :auth.person
	  from visible_endorsement n
	 where n.org_id = :auth.org and n.id = :new.id and n.state = 'given'
)
select e.id, e.claim_id, e.person_id,
       json_build_object('person_id', e.endorser_id,
           'display_name', e.endorser_name) as endorser,
       e.saw_in, e.exchange_id is not null as grounded, e.level_seen, e.text,
       e.state, e.fresh, e.version, e.created_at, e.updated_at,
       '/v1/endorsements/' || e.id as _location
  from visible_endorsement e
 where e.org_id = :auth.org and e.id = :new.id
