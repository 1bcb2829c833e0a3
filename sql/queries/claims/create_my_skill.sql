-- The skill is locked against a merge; twice, since the first one may have
-- waited for a merge and holds what is no longer the survivor.
select from skill s
 where s.org_id = :auth.org
   and s.id = (select coalesce(m.merged_into, m.id)
	         from skill m
	        where m.org_id = :auth.org and m.id = (:body ->> 'skill_id')::uuid)
   for share;

select from skill s
 where s.org_id = :auth.org
   and s.id = (select coalesce(m.merged_into, m.id)
	         from skill m
	        where m.org_id = :auth.org and m.id = (:body ->> 'skill_id')::uuid)
   for share;

select refuse(seen.problem, jsonb_build_object('skill_id', seen.id,
           'successor_id', seen.successor_id, 'claim_id', seen.claim_id))
  from (
	select s.id, s.successor_id, c.id as claim_id,
	       case when s.id is null then 'skill_unknown'
	            when s.state = 'deprecated' then 'skill_deprecated'
	            when s.kind = 'group' then 'skill_is_group'
	            when (:body ->> 'valid_until')::date < today()
	            then 'valid_until_past'
	            when c.id is not null then 'skill_claimed_already'
	       end as problem
	  from (select) one
	  left join skill m
	    on m.org_id = :auth.org and m.id = (:body ->> 'skill_id')::uuid
	  left join skill s
	    on s.org_id = :auth.org and s.id = coalesce(m.merged_into, m.id)
	  left join visible_claim c
	    on c.org_id = :auth.org and c.skill_id = s.id
	   and c.person_id = :auth.person and c.deleted_at is null
  ) seen;

insert into claim (org_id, id, person_id, skill_id, level, interest, can_help,
                   wants_to_learn, visibility, note, valid_until)
select :auth.org, :new.id, :auth.person, coalesce(m.merged_into, m.id),
       (nullif(:body -> 'level', 'null'))::smallint, (nullif(:body -> 'interest', 'null'))::smallint,
       coalesce(:body ->> 'can_help', 'no'),
       coalesce((:body ->> 'wants_to_learn')::boolean, false),
       coalesce(:body ->> 'visibility', 'team'), :body ->> 'note',
       (:body ->> 'valid_until')::date
  from skill m
 where m.org_id = :auth.org and m.id = (:body ->> 'skill_id')::uuid;

insert into timer (org_id, kind, object_id, due_at)
select :auth.org, 'expire_claim', c.id,
       (c.valid_until + 1)::timestamp at time zone 'UTC'
  from visible_claim c
 where c.org_id = :auth.org and c.id = :new.id and c.valid_until is not null
on conflict on constraint timer_already_set do update
   set due_at = excluded.due_at, leased_until = null, parked_at = null,
       attempts = 0;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'claim.created', t.id, t.version, :auth.person,
	       jsonb_build_object('skill_id', t.skill_id)
	  from visible_claim t
	 where t.org_id = :auth.org and t.id = :new.id
)
select c.id, c.skill_id, coalesce(k.labels ->> :auth.language, k.name)
           as skill_label,
       k.kind as skill_kind, c.level, c.interest, c.can_help,
       c.wants_to_learn, c.visibility, c.source, c.state, c.note,
       c.valid_until, (
	select coalesce(json_agg(json_build_object('id', e.id,
	           'type', e.type, 'title', e.title, 'url', e.url,
	           'happened_on', e.happened_on)
	           order by e.happened_on desc, e.id desc), '[]')
	  from visible_claim_evidence e
	 where e.org_id = :auth.org and e.claim_id = c.id) as evidence, (
	select count(n.id)
	  from visible_endorsement n
	 where n.org_id = :auth.org and n.claim_id = c.id
	   and n.state = 'given' and n.fresh) as endorsement_count,
       c.version, c.created_at, c.updated_at, c.deleted_at,
       '/v1/me/skills/' || c.id as _location
  from visible_claim c
  join skill k on k.org_id = c.org_id and k.id = c.skill_id
 where c.org_id = :auth.org and c.person_id = :auth.person
   and c.id = :new.id
