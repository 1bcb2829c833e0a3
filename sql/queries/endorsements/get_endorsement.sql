select e.id, e.claim_id, e.person_id,
       json_build_object('person_id', e.endorser_id,
           'display_name', e.endorser_name) as endorser,
       e.saw_in, e.exchange_id is not null as grounded, e.level_seen, e.text,
       e.state, e.fresh, e.version, e.created_at, e.updated_at
  from visible_endorsement e
 where e.org_id = :auth.org and e.id = :path.endorsement_id
