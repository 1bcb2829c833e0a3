-- What becomes of each concept: known by its reference; adopted by the
-- organisation's own skill of the same name; merged by the organisation, and
-- left alone; refused when nothing but taken names is left; or new.
update incoming_skill i
   set skill_id = s.id, survivor_id = coalesce(s.merged_into, s.id),
       edited = s.edited,
       fate = case s.state when 'merged' then 'merged' else 'known' end
  from skill_reference r
  join skill s on s.org_id = r.org_id and s.id = r.skill_id
 where r.org_id = :auth.org and s.org_id = :auth.org
   and r.scheme = 'esco' and r.external_id = i.uri;

select from skill s
 where s.org_id = :auth.org
   and s.id in (select i.skill_id from incoming_skill i)
 order by s.id
   for no key update;

with pairs as (
	select i.uri, k.skill_id, l.language
	  from incoming_skill i
	  join incoming_label l on l.uri = i.uri and l.list = 'labels'
	  join skill_label k
	    on k.org_id = :auth.org and k.language = l.language
	   and k.normalized = l.normalized and k.kind = 'preferred' and k.live
	 where i.fate is null and i.kind <> 'group'
	   and not exists (
		select from skill_reference r
		 where r.org_id = :auth.org and r.skill_id = k.skill_id
		   and r.scheme = 'esco')
), firsts as (
	select distinct on (p.uri) p.uri, p.skill_id, p.language
	  from pairs p
	 order by p.uri, p.language <> 'en', p.language, p.skill_id
), chosen as (
	select distinct on (f.skill_id) f.uri, f.skill_id
	  from firsts f
	 order by f.skill_id, f.language <> 'en', f.language, f.uri
)
update incoming_skill i
   set skill_id = s.id, survivor_id = s.id, edited = s.edited,
       fate = 'adopted'
  from chosen c
  join skill s on s.org_id = :auth.org and s.id = c.skill_id
 where i.uri = c.uri and s.org_id = :auth.org;

update incoming_skill i
   set skill_id = n.id, survivor_id = n.id, fate = 'new'
  from (
	select o.uri, uuid7() as id from incoming_skill o where o.fate is null
  ) n
 where i.uri = n.uri;

update incoming_label l
   set list = 'alt_labels', rank = 0
  from (
	select l.uri, l.language,
	       row_number() over (partition by l.language, l.normalized
	           order by i.fate = 'new', l.uri) as place,
	       exists (
		select from skill_label k
		 where k.org_id = :auth.org and k.language = l.language
		   and k.normalized = l.normalized
		   and k.kind = 'preferred' and k.live
		   and k.skill_id <> i.skill_id) as is_taken
	  from incoming_label l
	  join incoming_skill i on i.uri = l.uri
	 where l.list = 'labels' and i.kind <> 'group'
	   and i.fate <> 'merged'
	   and 'labels.' || l.language <> all (i.edited)
  ) t
 where l.uri = t.uri and l.language = t.language and l.list = 'labels'
   and (t.place > 1 or t.is_taken);

update incoming_skill i
   set fate = 'refused', skill_id = null, survivor_id = null
 where i.fate = 'new'
   and not exists (
	select from incoming_label l
	 where l.uri = i.uri and l.list = 'labels');

with texts as (
	select l.uri, l.language, l.list, l.text, l.rank
	  from incoming_label l
	union all
	select i.uri, e.body ->> 'language', e.body ->> 'list',
	       e.body ->> 'text', 1000000 + e.number
	  from skill_merge_entry e
	  join skill_merge m on m.org_id = e.org_id and m.id = e.merge_id
	   and m.undone_at is null
	  join incoming_skill i on i.skill_id = e.object_id
	 where e.org_id = :auth.org and m.org_id = :auth.org
	   and e.kind = 'label_added'
	   and not exists (
		select from incoming_label o
		 where o.uri = i.uri
		   and o.language = e.body ->> 'language'
		   and o.text = e.body ->> 'text')
), lists as (
	select t.uri, t.language, t.list,
	       jsonb_agg(t.text order by t.rank, t.text) as texts
	  from texts t
	  join incoming_skill i on i.uri = t.uri
	   and t.list || '.' || t.language <> all (i.edited)
	 group by t.uri, t.language, t.list
)
insert into incoming_found (uri, labels, alt_labels, hidden_labels)
select b.uri,
       jsonb_object_agg(b.language, b.texts -> 0)
           filter (where b.list = 'labels'),
       jsonb_object_agg(b.language, b.texts)
           filter (where b.list = 'alt_labels'),
       jsonb_object_agg(b.language, b.texts)
           filter (where b.list = 'hidden_labels')
  from lists b
 group by b.uri;

insert into incoming_described (uri, descriptions)
select b.uri, jsonb_object_agg(b.language, b.description)
  from (
	select distinct on (c.uri, c.language) c.uri, c.language,
	       btrim(left(c.description, 4000), E' \t\r\n') as description
	  from incoming_concept c
	  join incoming_skill i on i.uri = c.uri
	   and 'descriptions.' || c.language <> all (i.edited)
	 where btrim(c.description, E' \t\r\n') <> ''
	 order by c.uri, c.language, c.rank
  ) b
 group by b.uri;

analyze incoming_skill, incoming_found, incoming_described;

insert into incoming_wanted (skill_id, fate, kind, state, labels, alt_labels,
                             hidden_labels, descriptions)
select i.skill_id, i.fate,
       case when s.id is null then i.kind
            when 'kind' = any (s.edited)
              or (s.kind = 'group') <> (i.kind = 'group') then s.kind
            else i.kind end,
       case when s.id is null then i.state
            when 'state' = any (s.edited) or i.fate = 'adopted' then s.state
            else i.state end,
       coalesce(s.labels, '{}') || coalesce(f.labels, '{}'),
       tidy_lists(coalesce(s.alt_labels, '{}')
           || coalesce(f.alt_labels, '{}')),
       tidy_lists(coalesce(s.hidden_labels, '{}')
           || coalesce(f.hidden_labels, '{}')),
       coalesce(s.descriptions, '{}') || coalesce(d.descriptions, '{}')
  from incoming_skill i
  left join skill s on s.org_id = :auth.org and s.id = i.skill_id
  left join incoming_found f on f.uri = i.uri
  left join incoming_described d on d.uri = i.uri
 where i.fate in ('new', 'adopted', 'known');

analyze incoming_wanted;

update incoming_wanted w
   set is_changed = w.fate <> 'known'
       or (w.kind, w.state, w.labels, w.alt_labels, w.hidden_labels,
           w.descriptions)
          is distinct from (s.kind, s.state, s.labels, s.alt_labels,
           s.hidden_labels, s.descriptions)
  from incoming_wanted o
  left join skill s on s.org_id = :auth.org and s.id = o.skill_id
 where w.skill_id = o.skill_id;

select count(*) filter (where i.fate = 'new'),
       count(*) filter (where i.fate = 'adopted'),
       count(*) filter (where i.fate = 'merged'),
       count(*) filter (where i.fate = 'refused'),
       count(*) filter (where i.fate = 'known'),
       (select count(*) from incoming_wanted w
         where w.is_changed and w.fate = 'known')
  from incoming_skill i
