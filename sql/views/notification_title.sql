-- What an object is called now, as far as the reader may see it.  `titles`
-- holds the languages of what has a name in each; one block a kind.
create or replace view notification_title with (security_invoker = true) as
select t.org_id, t.object_kind, t.object_id, t.title, t.titles
  from (
	select null::uuid as org_id, null as object_kind,
	       null::uuid as object_id, null as title, null::jsonb as titles
	 where false
	union all
	select c.org_id, 'claim', c.id, k.name, k.labels
	  from visible_claim c
	  join skill k on k.org_id = c.org_id and k.id = c.skill_id
	union all
	select s.org_id, 'session', s.id, s.title, null
	  from session_in_sight s
	union all
	select s.org_id, 'seat', s.id, s.session_title, null
	  from my_seat s
	union all
	select g.org_id, 'goal', g.id, g.title, null
	  from visible_goal g
	union all
	select f.org_id, 'feedback', f.id,
	       coalesce(f.about_text, f.about_names ->> ''), f.about_names
	  from visible_feedback f
	union all
	select q.org_id, 'feedback_request', q.id,
	       coalesce(q.about_text, q.about_names ->> ''), q.about_names
	  from visible_feedback_request q
	union all
	select o.org_id, 'organisation', o.org_id, o.title, null
	  from (select n.id as org_id, n.title from organisation n) o
  ) t;
