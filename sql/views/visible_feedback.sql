-- The giver sees all of what was given until its receiver deletes it; the
-- receiver what has been released, unless a block was there before; a reader
-- what the receiver shares, while no block stands between the three.  No role
-- reads more.  Readers are not told what became of it.  Tombstones are for
-- giver and receiver.  How long it was on paper, and how often it was changed
-- there, is the giver's: for others its version begins with what they were
-- shown.
create or replace view visible_feedback with (security_invoker = true) as
select f.org_id, f.id, f.giver_id, f.receiver_id, f.request_id, f.about_kind,
       f.about_id, f.about_text, f.about_key, f.context, f.keep, f.try_next,
       f.example,
       case when v.relation = 'reader' then 'released' else f.state end
           as state,
       f.released_at, f.shown_at,
       case v.relation
            when 'giver' then f.version
            when 'reader' then 1
            else 1 + (extract(epoch from f.updated_at - f.shown_at)
                      * 1000000)::bigint end as version,
       case when v.relation = 'reader' then f.shown_at
            else f.updated_at end as updated_at,
       f.deleted_at, v.relation,
       case when v.relation = 'giver' then f.release end as release,
       case when v.relation = 'giver' then f.window_ends_at end
           as window_ends_at,
       case when v.relation = 'giver' then f.created_at
            else f.shown_at end as created_at,
       case when v.relation = 'giver' then f.sent_at end as sent_at,
       case when v.relation <> 'reader' then f.read_at end as read_at,
       case when v.relation <> 'reader' then f.useful end as useful,
       case when v.relation <> 'reader' then f.did end as did,
       case when v.relation <> 'reader' then f.useful_at end as useful_at,
       case when v.relation = 'giver' then array_remove(array[
           case when f.example is null then 'no_example' end,
           case when f.try_next is null then 'no_next_step' end], null)
            else '{}' end as advice,
       case f.about_kind
            when 'session' then (
		select jsonb_build_object('', s.title)
		  from session s
		 where s.org_id = f.org_id and s.id = f.about_id)
            when 'skill' then (
		select k.labels || jsonb_build_object('', k.name)
		  from skill k
		 where k.org_id = f.org_id and k.id = f.about_id)
            end as about_names,
       g.display_name as giver_name, r.display_name as receiver_name
  from feedback f
 cross join lateral (
	select case when f.giver_id = me.id then 'giver'
	            when f.receiver_id = me.id and f.released_at is not null
	                 and not exists (
				select from person_block b
				 where b.org_id = f.org_id
				   and b.blocker_id = f.giver_id
				   and b.blocked_id = f.receiver_id
				   and b.created_at <= f.released_at)
	                 and not exists (
				select from person_block b
				 where b.org_id = f.org_id
				   and b.blocker_id = f.receiver_id
				   and b.blocked_id = f.giver_id
				   and b.created_at <= f.released_at)
	            then 'receiver'
	            when f.state in ('released', 'read')
	                 and exists (
				select from feedback_share h
				 where h.org_id = f.org_id
				   and h.feedback_id = f.id
				   and h.person_id = me.id)
	                 and not exists (
				select from blocked_pair b
				 where b.org_id = f.org_id
				   and b.person_id = me.id
				   and b.other_id in (f.giver_id,
				                      f.receiver_id))
	            then 'reader' end as relation
	  from (
		select nullif(current_setting('hefboom.person', true),
		              '')::uuid as id
	  ) me
	 limit 1
 ) v
 cross join lateral (
	select p.display_name
	  from person p
	 where p.org_id = f.org_id and p.id = f.giver_id
	 limit 1
 ) g
 cross join lateral (
	select p.display_name
	  from person p
	 where p.org_id = f.org_id and p.id = f.receiver_id
	 limit 1
 ) r
 where v.relation is not null;
