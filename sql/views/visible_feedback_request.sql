-- A request is seen by who asks and who is asked; by the latter while no block
-- stands between the two.  What else was asked of whom is the asker's.
create or replace view visible_feedback_request
	with (security_invoker = true) as
select q.org_id, q.id, q.asker_id, q.asked_id, q.about_kind, q.about_id,
       q.about_text, q.context, q.due_at, q.state, q.reason, q.version,
       q.created_at, q.updated_at,
       case when v.relation = 'asker' then q.ask_id end as ask_id,
       case q.about_kind
            when 'session' then (
		select jsonb_build_object('', s.title)
		  from session s
		 where s.org_id = q.org_id and s.id = q.about_id)
            when 'skill' then (
		select k.labels || jsonb_build_object('', k.name)
		  from skill k
		 where k.org_id = q.org_id and k.id = q.about_id)
            end as about_names,
       v.relation, a.display_name as asker_name, b.display_name as asked_name
  from feedback_request q
 cross join lateral (
	select case when q.asker_id = me.id then 'asker'
	            when q.asked_id = me.id and not exists (
				select from blocked_pair b
				 where b.org_id = q.org_id
				   and b.person_id = me.id
				   and b.other_id = q.asker_id)
	            then 'asked' end as relation
	  from (
		select nullif(current_setting('hefboom.person', true),
		              '')::uuid as id
	  ) me
	 limit 1
 ) v
 cross join lateral (
	select p.display_name
	  from person p
	 where p.org_id = q.org_id and p.id = q.asker_id
	 limit 1
 ) a
 cross join lateral (
	select p.display_name
	  from person p
	 where p.org_id = q.org_id and p.id = q.asked_id
	 limit 1
 ) b
 where v.relation is not null;
