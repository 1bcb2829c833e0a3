-- Words are compared without case, accents and punctuation; word lists and
-- texts are in the views.  Two verbs with only a conjunction between them are
-- one outcome.
with said as (
	select coalesce(:body ->> 'language', :auth.language) as language,
	       ' ' || regexp_replace(normalize_label(:body ->> 'title'),
	           '[^a-z0-9]+', ' ', 'g') || ' ' as title,
	       ' ' || regexp_replace(normalize_label(coalesce(
	           :body #>> '{measure,text}', '')),
	           '[^a-z0-9]+', ' ', 'g') || ' ' as measure
), listed as (
	select s.title, s.title || s.measure as whole, s.measure,
	       string_agg(w.word, '|') filter (where w.kind = 'vague') as vague,
	       string_agg(w.word, '|') filter (where w.kind = 'act') as act,
	       string_agg(w.word, '|') filter (where w.kind = 'time') as time,
	       string_agg(w.word, '|') filter (where w.kind = 'joint') as joint
	  from said s
	  join clarity_word w on w.language = s.language
	 group by s.title, s.measure
), told as (
	select l.title ~ (' (' || l.vague || ') ')
	       and l.whole !~ (' (' || l.act || ') ') as vague_verb,
	       l.whole !~ (' (' || l.act || ') ')
	       and (coalesce(:body #>> '{measure,type}', 'none') = 'none'
	            or l.measure ~ '^ +$') as not_observable,
	       :body ->> 'due_on' is null
	       and l.whole !~ (' (' || l.time || '|(19|20)[0-9][0-9]|[qkt][1-4]) ')
	           as no_time,
	       l.title ~ (' (' || v.verb || ') .+ (' || l.joint || ') (.* )?('
	           || v.verb || ') ')
	       or l.title ~ (' (' || v.verb || ') (.* )?(' || l.joint || ') .+ ('
	           || v.verb || ') ') as many_outcomes
	  from listed l
	 cross join lateral (select l.vague || '|' || l.act as verb) v
)
select (
	select coalesce(json_agg(json_build_object('rule', x.rule,
	           'text', x.text) order by x.place), '[]')
	  from clarity_text x
	 where x.language = :auth.language
	   and (x.rule = 'vague_verb' and t.vague_verb
	     or x.rule = 'not_observable' and t.not_observable
	     or x.rule = 'no_time' and t.no_time
	     or x.rule = 'many_outcomes' and t.many_outcomes)) as hints
  from told t
 where :auth.org is not null
