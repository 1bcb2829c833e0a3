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
       c.version, c.created_at, c.updated_at, c.deleted_at
  from visible_claim c
  join skill k on k.org_id = c.org_id and k.id = c.skill_id
 where c.org_id = :auth.org and c.person_id = :auth.person
   and c.id = :path.claim_id
   and c.deleted_at is null
