select s.id, s.skill_id, s.skill_label, s.skill_kind, s.level, s.interest,
       s.can_help, s.wants_to_learn, s.visibility, s.source, s.state, s.note,
       s.valid_until, (
	select coalesce(json_agg(json_build_object('id', e.id,
	           'type', e.type, 'title', e.title, 'url', e.url,
	           'happened_on', e.happened_on)
	           order by e.happened_on desc, e.id desc), '[]')
	  from visible_claim_evidence e
	 where e.org_id = :auth.org and e.claim_id = s.id) as evidence, (
	select count(n.id)
	  from visible_endorsement n
	 where n.org_id = :auth.org and n.claim_id = s.id
	   and n.state = 'given' and n.fresh) as endorsement_count,
       s.version, s.created_at, s.updated_at, s.deleted_at, s._name
  from (
	select c.org_id, c.id, c.skill_id,
	       coalesce(k.labels ->> :auth.language, k.name) as skill_label,
	       k.kind as skill_kind, c.level, c.interest, c.can_help,
	       c.wants_to_learn, c.visibility, c.source, c.state, c.note,
	       c.valid_until, c.version, c.created_at, c.updated_at,
	       c.deleted_at, n.sort as _name
	  from visible_claim c
	  join skill k on k.org_id = c.org_id and k.id = c.skill_id
	  join skill_name n on n.org_id = c.org_id
	   and n.skill_id = c.skill_id and n.language = :auth.language
	 where c.org_id = :auth.org and c.person_id = :auth.person
  ) s
 where s.org_id = :auth.org
   and (s.deleted_at is null or :query.updated_since is not null)
   /*? query.skill_id */ and s.skill_id = (select coalesce(m.merged_into, m.id) from skill m where m.org_id = :auth.org and m.id = :query.skill_id)
   /*? query.can_help */ and s.can_help = any (:query.can_help)
   /*? query.wants_to_learn */ and s.wants_to_learn = :query.wants_to_learn
   /*? query.state */ and s.state = any (:query.state)
   /*? query.updated_since */ and s.updated_at >= :query.updated_since
   and :page(s)
 order by :order(s)
 limit :limit
