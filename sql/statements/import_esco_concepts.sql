-- Kinds: a concept of the pillar of languages is a language, what ESCO calls
-- knowledge is knowledge, a group is a group, everything else is a skill.
analyze incoming_concept, incoming_broader, incoming_relation;

insert into incoming_skill (uri, kind, state)
select c.uri,
       case when min(c.concept) = 'SkillGroup' then 'group'
            when min(c.type) = 'knowledge' then 'knowledge'
            else 'skill' end,
       case when bool_or(c.status in ('', 'released')) then 'active'
            else 'deprecated' end
  from incoming_concept c
 where c.rank = 0 and c.uri <> ''
 group by c.uri;

with recursive under as (
	select b.uri
	  from incoming_broader b
	 where b.parent_uri = 'http://data.europa.eu/esco/skill/e35a5936-091d-4e87-bafe-f264e55bd656'
	union
	select b.uri
	  from under u
	  join incoming_broader b on b.parent_uri = u.uri
)
update incoming_skill i
   set kind = 'language'
  from under u
 where i.uri = u.uri and i.kind <> 'group';

insert into incoming_label (uri, language, list, text, rank, normalized)
select distinct on (c.uri, c.language)
       c.uri, c.language, 'labels', l.text, 0, normalize_label(l.text)
  from incoming_concept c
  join incoming_skill i on i.uri = c.uri
 cross join lateral (
	select btrim(left(regexp_replace(c.label, '\s+', ' ', 'g'), 200))
	           as text
  ) l
 where l.text <> ''
 order by c.uri, c.language, c.rank;

insert into incoming_label (uri, language, list, text, rank)
select distinct on (l.uri, l.language, l.list, l.text)
       l.uri, l.language, l.list, l.text, l.rank
  from (
	select c.uri, c.language, s.list, c.rank * 10000 + x.rank as rank,
	       btrim(left(regexp_replace(x.text, '\s+', ' ', 'g'), 200))
	           as text
	  from incoming_concept c
	 cross join lateral (
		values ('alt_labels', c.alternatives),
		       ('hidden_labels', c.hidden)
	  ) as s (list, texts)
	 cross join lateral regexp_split_to_table(s.texts, '\n| \| ')
	       with ordinality as x (text, rank)
	 where s.texts <> ''
  ) l
  join incoming_skill i on i.uri = l.uri
  left join incoming_label p
    on p.uri = l.uri and p.language = l.language and p.list = 'labels'
 where l.text <> '' and lower(l.text) is distinct from lower(p.text)
 order by l.uri, l.language, l.list, l.text, l.rank;

create index on incoming_label (uri, language);

analyze incoming_skill, incoming_label
