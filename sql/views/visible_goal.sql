-- One's own always.  Of others, what is no draft and not for `me` alone, where
-- they are active and no block stands between: whoever was asked along or came
-- along, for `team` who shares a team today, for `org` who works here today.
-- No role reads more.  How it fares is for the owner and companions.
create or replace view visible_goal with (security_invoker = true) as
select g.org_id, g.id, g.person_id, p.display_name as person_name,
       g.template_id, g.title, g.why, g.due_on, g.due_sort, g.measure_type,
       g.measure_text, g.visibility, g.state, s.part,
       case when g.state <> 'active' or s.part not in ('owner', 'companion')
            then null
            when g.signed_at > clock() - interval '14 days' then 'on_track'
            when g.signed_at > clock() - interval '30 days' then 'slow'
            when g.signed_at > clock() - interval '60 days' then 'stuck'
            else 'not_updated' end as health,
       g.learned, g.ended_at, g.version, g.created_at, g.updated_at,
       g.deleted_at
  from goal g
 cross join lateral (
	select o.display_name
	  from person o
	 where o.org_id = g.org_id and o.id = g.person_id
	   and o.active and o.deleted_at is null
	 limit 1
 ) p
 cross join lateral (
	select case when g.person_id
	                 = nullif(current_setting('hefboom.person', true),
	                          '')::uuid
	            then 'owner'
	            when g.id = any (array(
			select c.goal_id
			  from goal_companion c
			 where c.org_id = nullif(current_setting(
			       'hefboom.org', true), '')::uuid
			   and c.person_id = nullif(current_setting(
			       'hefboom.person', true), '')::uuid
			   and c.state = 'accepted'))
	            then 'companion'
	            when g.id = any (array(
			select c.goal_id
			  from goal_companion c
			 where c.org_id = nullif(current_setting(
			       'hefboom.org', true), '')::uuid
			   and c.person_id = nullif(current_setting(
			       'hefboom.person', true), '')::uuid
			   and c.state = 'invited'))
	            then 'invited'
	            else 'none' end as part
 ) s
 where (g.person_id
	= (select nullif(current_setting('hefboom.person', true), '')::uuid)
	or g.state <> 'draft' and g.visibility <> 'me'
	and (g.visibility = 'org' and (select exists (
		select from present_employment e
		 where e.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and e.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid))
	  or g.visibility = 'team' and g.person_id = any (array(
		select t.mate_id
		  from teammate t
		 where t.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and t.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid))
	  or g.id = any (array(
		select c.goal_id
		  from goal_companion c
		 where c.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and c.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid
		   and c.state in ('invited', 'accepted'))))
	and g.person_id <> all (array(
		select b.other_id
		  from blocked_pair b
		 where b.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and b.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid)));
