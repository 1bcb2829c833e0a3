insert into skill (org_id, id, kind, state, labels, alt_labels, hidden_labels,
                   descriptions)
select :auth.org, w.skill_id, w.kind, w.state, w.labels, w.alt_labels,
       w.hidden_labels, w.descriptions
  from incoming_wanted w
 where w.fate = 'new';

update skill s
   set kind = w.kind, state = w.state, labels = w.labels,
       alt_labels = w.alt_labels, hidden_labels = w.hidden_labels,
       descriptions = w.descriptions,
       successor_id = case when w.state = 'deprecated'
                           then s.successor_id end,
       version = s.version + 1, updated_at = clock()
  from incoming_wanted w
 where s.org_id = :auth.org and s.id = w.skill_id
   and w.is_changed and w.fate <> 'new';

insert into skill_reference (org_id, skill_id, scheme, external_id)
select :auth.org, i.skill_id, 'esco', i.uri
  from incoming_skill i
 where i.fate in ('new', 'adopted')
