-- Makes a user who can be nobody that there is, in a department that there is;
-- else does nothing, and scim_put_user has to.  Nobody is locked: of two at once
-- the constraints refuse one.
with new as (
	select c.external_id, c.user_name, c.display_name, c.given_name,
	       c.family_name, c.email, c.language, c.country,
	       coalesce(c.active, true) as active,
	       c.title, (
		select t.id from team t
		 where t.org_id = :auth.org
		   and t.sort_name = name_words(c.department)
		   and t.deleted_at is null
		   for share
	       ) as team_id, c.department, (
		select m.id from person m
		 where m.org_id = :auth.org and m.deleted_at is null
		   and m.id = case when c.manager ~
	'^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
		       then c.manager::uuid end
	       ) as manager_id
	  from scim_columns(:arg.document::jsonb) c
	 where not exists (select from scim_matches(:arg.document::jsonb))
), made as (
	insert into person (org_id, id, user_name, display_name, given_name,
		family_name, email, language, zone, country, active)
	select :auth.org, :arg.new_id::uuid, n.user_name,
	       coalesce(n.display_name, n.user_name), n.given_name,
	       n.family_name, n.email, coalesce(n.language, o.language),
	       coalesce(case when :arg.document::jsonb ->> 'timezone'
	                     is not null then :arg.zone end, o.zone),
	       n.country, n.active
	  from new n
	  join organisation o on o.id = :auth.org
	 where n.department is null or n.team_id is not null
	returning id, version
), kept as (
	insert into scim_person (org_id, person_id, external_id, email,
		document)
	select :auth.org, m.id, n.external_id, n.email,
	       :arg.document::jsonb
	           || jsonb_build_object('active', n.active)
	  from new n, made m
), opened as (
	insert into employment (org_id, person_id, team_id, manager_id, title,
		during)
	select :auth.org, m.id, n.team_id, n.manager_id, n.title,
	       daterange(today(), null)
	  from new n, made m
	 where coalesce(n.team_id::text, n.manager_id::text, n.title)
	           is not null
), told as (
	insert into outbox (org_id, event, object_id, version)
	select :auth.org, 'person.created', m.id, m.version from made m
)
insert into sync_change (org_id, source, kind, object_id, action)
select :auth.org, :arg.source, 'person', m.id, 'created' from made m
