-- What skill_label holds: each label once per skill and language, as the
-- most prominent of its kinds.
create or replace view wanted_skill_label with (security_invoker = true) as
select s.org_id, s.id as skill_id, l.language, l.normalized, l.kind,
       s.state <> 'merged' as live
  from skill s
 cross join lateral (
	select distinct on (t.language, t.normalized)
	       t.language, t.normalized, t.kind
	  from (
		select key as language, normalize_label(value) as normalized,
		       case s.kind when 'group' then 'group'
		                   else 'preferred' end as kind, 1 as rank
		  from jsonb_each_text(s.labels)
		union all
		select a.key, normalize_label(t.value), 'alternative', 2
		  from jsonb_each(s.alt_labels) a
		 cross join jsonb_array_elements_text(a.value) t
		union all
		select h.key, normalize_label(t.value), 'hidden', 3
		  from jsonb_each(s.hidden_labels) h
		 cross join jsonb_array_elements_text(h.value) t
	  ) t
	 order by t.language, t.normalized, t.rank
 ) l;
