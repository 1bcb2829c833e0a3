-- What skill_name holds: what a skill is called where a language has no
-- label of its own is its first one.  Its first 200 characters: compatibility
-- forms unfold to many times their length, and a cursor holds what was sorted.
create or replace view wanted_skill_name with (security_invoker = true) as
select s.org_id, s.id as skill_id, l.language,
       left(normalize_label(coalesce(s.labels ->> l.language, s.name)), 200)
           as sort
  from skill s
 cross join unnest(array['de', 'en', 'fr', 'nl']) as l (language);
