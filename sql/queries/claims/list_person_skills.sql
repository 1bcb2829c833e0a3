select refuse('not_found')
 where not exists (
	select from person p
	 where p.org_id = :auth.org and p.id = :path.person_id
	   and p.deleted_at is null
 );

select s.id, s.person_id, s.skill_id, s.skill_label, s.skill_kind, s.level,
       s.interest, s.can_help, s.wants_to_learn, s.source, s.state, s.note,
       s.valid_until, (
	select coalesce(json_agg(json_build_object('id', e.id,
	           'type', e.type, 'title', e.title, 'url', e.url,
	           'happened_on', e.happened_on)
	           order by e.happened_on desc, e.id desc), '[]')
	  from visible_claim_evidence e
	 where e.org_id = :auth.org and e.claim_id = s.id) as evidence,
       s.created_at, s.updated_at, s._name
  from (
	select c.org_id, c.id, c.person_id, c.skill_id,
	       coalesce(k.labels ->> :auth.language, k.name) as skill_label,
	       k.kind as skill_kind, c.level, c.interest, c.can_help,
	       c.wants_to_learn, c.source, c.state, c.note, c.valid_until,
	       c.created_at, c.updated_at, n.sort as _name
	  from visible_claim c
	  join skill k on k.org_id = c.org_id and k.id = c.skill_id
	  join skill_name n on n.org_id = c.org_id
	   and n.skill_id = c.skill_id and n.language = :auth.language
	 where c.org_id = :auth.org and c.person_id = :path.person_id
	   and c.deleted_at is null
  ) s
 where s.org_id = :auth.org
   /*? query.can_help */ and s.can_help = any (:query.can_help)
   /*? query.wants_to_learn */ and s.wants_to_learn = :query.wants_to_learn
   /*? query.state */ and s.state = any (:query.state)
   and :page(s)
 order by :order(s)
 limit :limit
