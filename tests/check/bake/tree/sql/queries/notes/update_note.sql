select n.id from note n
 where n.org_id = :auth.org and n.id = :path.note_id
   for no key update;

with seen as (
	select n.org_id, n.id,
	       case when n.closed then 'note_closed'
	            when stale(:if_match, n.version) then 'stale_version'
	       end as problem
	  from visible_note n
	 where n.org_id = :auth.org and n.id = :path.note_id
), changed as (
	update note n set title = merge_patch(to_jsonb(n.title), :body) ->> 'title'
	  from seen
	 where (n.org_id, n.id) = (seen.org_id, seen.id)
	returning n.id, n.title, n.labels, n.version, n.created_at
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'note.changed', changed.id, changed.version,
	       :auth.person, jsonb_build_object('title', changed.title)
	  from changed
)
select refuse(seen.problem) as _refuse, changed.id, changed.title,
       changed.labels, changed.version, changed.created_at
  from seen
  left join changed on true;
