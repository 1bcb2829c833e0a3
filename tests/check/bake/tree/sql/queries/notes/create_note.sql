with added as (
	insert into note (org_id, id, title, labels, owner_id)
	values (:auth.org, :new.id, :body ->> 'title',
	        array(select jsonb_array_elements_text(:body -> 'labels')),
	        :auth.person)
	returning note.id, note.title, note.labels, note.version,
	          note.created_at
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'note.created', added.id, added.version,
	       :auth.person, jsonb_build_object('title', added.title)
	  from added
)
select added.id, added.title, added.labels, added.version, added.created_at,
       '/v1/notes/' || added.id as _location
  from added;
