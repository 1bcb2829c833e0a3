-- Makes a user, adopts the person that it already is, or replaces one.
-- arg.id is null for one that is made; its id is then arg.new_id.
select from person p
 where p.org_id = :auth.org
   and p.id in (
	select :arg.id::uuid
	union all
	select m.id from scim_matches(:arg.document::jsonb) m
	 where :arg.id::uuid is null
   )
   for no key update;

select refuse(case when :arg.id::uuid is null
                   then case when m.is_taken then 'scim_uniqueness' end
                   when p.id is null then 'not_found'
                   when stale(:arg.version::bigint, p.version)
                   then 'stale_version' end,
              case when m.is_taken then '{"detail": "userName"}'::jsonb end)
  from (select) one
  left join person p
    on p.org_id = :auth.org and p.id = :arg.id::uuid
   and p.deleted_at is null
  left join lateral scim_match(:auth.org, :arg.document::jsonb) m
    on :arg.id::uuid is null;

select brake_deactivation(:auth.org, :arg.source, p.id)
  from person p
 where (:arg.document::jsonb ->> 'active')::boolean is false
   and p.org_id = :auth.org and p.active and p.deleted_at is null
   and p.id = (
	select coalesce(:arg.id::uuid, (
		select m.id
		  from scim_match(:auth.org, :arg.document::jsonb) m
	       ))
   );

select from team t
 where t.org_id = :auth.org and t.deleted_at is null
   and t.sort_name = (
	select name_words(c.department)
	  from scim_columns(:arg.document::jsonb) c
   )
   for share;

with freed as (
	-- Nobody can see that a tombstone has this name.
	update person p
	   set user_name = p.id::text, updated_at = clock()
	 where p.org_id = :auth.org and p.deleted_at is not null
	   and p.id = person_named(:arg.document::jsonb ->> 'userName')
	   and p.id is distinct from coalesce(:arg.id::uuid, (
		select m.id from scim_match(:auth.org, :arg.document::jsonb) m
	       ))
), made as (
	insert into team (org_id, id, name)
	select :auth.org, uuid7(), c.department
	  from scim_columns(:arg.document::jsonb) c
	 where c.department is not null
	   and not exists (
		select from team t
		 where t.org_id = :auth.org
		   and t.sort_name = name_words(c.department)
		   and t.deleted_at is null
	   )
	on conflict (org_id, sort_name) where deleted_at is null do nothing
	returning id, version
), marked as (
	insert into scim_team (org_id, team_id, is_group)
	select :auth.org, m.id, false from made m
)
insert into outbox (org_id, event, object_id, version)
select :auth.org, 'team.created', m.id, m.version from made m;

with new as (
	select c.external_id, c.user_name, c.display_name, c.given_name,
	       c.family_name, c.email, c.language, c.country, a.active,
	       c.title, c.department, c.manager,
	       d.document || jsonb_build_object('active', a.active)
	           as document,
	       case when d.document ->> 'timezone' is not null
	            then :arg.zone end as zone
	  from (select :arg.document::jsonb as document) d,
	       scim_columns(d.document) c,
	       lateral (
		-- A change that does not speak of it, leaves it.
		select coalesce(c.active, (
			select p.active from person p
			 where p.org_id = :auth.org and p.id = :arg.id::uuid
		       ), true) as active
	       ) a
), picked as (
	select :arg.id::uuid as id
	 where :arg.id::uuid is not null
	union all
	select m.id
	  from scim_match(:auth.org, :arg.document::jsonb) m
	 where :arg.id::uuid is null
), old as (
	select p.id, p.version, p.user_name, p.display_name, p.given_name,
	       p.family_name, p.email, p.language, p.zone, p.country, p.active,
	       p.deleted_at is not null as is_gone,
	       s.person_id is not null as is_owned, s.document, (
		-- Sent back as it was shown, it changes nothing.
		select jsonb_strip_nulls(u.document || jsonb_build_object(
		           'externalId', u.external_id))
		  from scim_user u
		 where u.org_id = :auth.org and u.id = p.id
	       ) as shown,
	       -- What SCIM never said is not SCIM's to take away.
	       case when s.document -> 'displayName' is null
	             and s.document -> 'name' is null
	             and (s.person_id is null or p.display_name <> p.user_name)
	            then p.display_name end as own_display_name,
	       case when s.document #> '{name,givenName}' is null
	            then p.given_name end as own_given_name,
	       case when s.document #> '{name,familyName}' is null
	            then p.family_name end as own_family_name,
	       case when s.document -> 'emails' is null
	            then p.email end as own_email,
	       o.title, o.department, o.manager
	  from picked
	  join person p on p.org_id = :auth.org and p.id = picked.id
	  left join scim_person s
	    on s.org_id = p.org_id and s.person_id = p.id
	  left join lateral scim_columns(s.document) o
	    on p.deleted_at is null
), wanted as (
	select old.id, old.version, old.is_gone, old.is_owned,
	       new.user_name,
	       coalesce(new.display_name, old.own_display_name,
	           new.user_name) as display_name,
	       coalesce(new.given_name, old.own_given_name) as given_name,
	       coalesce(new.family_name, old.own_family_name) as family_name,
	       coalesce(new.email, old.own_email) as email,
	       case when (new.document -> 'preferredLanguage',
	                  new.document -> 'locale')
	                 is distinct from (old.document -> 'preferredLanguage',
	                                   old.document -> 'locale')
	            then coalesce(new.language, old.language)
	            else old.language end as language,
	       case when new.document -> 'timezone'
	                 is distinct from old.document -> 'timezone'
	            then coalesce(new.zone, old.zone)
	            else old.zone end as zone,
	       coalesce(new.country, old.country) as country,
	       new.active,
	       array_remove(array[
	           case when old.user_name <> new.user_name
	                then 'user_name' end,
	           case when old.display_name <> coalesce(new.display_name,
	                     old.own_display_name, new.user_name)
	                then 'display_name' end,
	           case when old.given_name is distinct from
	                     coalesce(new.given_name, old.own_given_name)
	                then 'given_name' end,
	           case when old.family_name is distinct from
	                     coalesce(new.family_name, old.own_family_name)
	                then 'family_name' end,
	           case when old.email is distinct from
	                     coalesce(new.email, old.own_email)
	                then 'email' end,
	           case when old.active <> new.active then 'active' end
	       ], null) as names,
	       case when old.is_gone then 'restored'
	            when old.active and not new.active then 'deactivated'
	            when new.active and not old.active then 'reactivated'
	            when not old.is_owned then 'adopted'
	            else 'changed' end as action
	  from old, new
	 where old.is_gone or not old.is_owned
	    or (old.document is distinct from new.document
	        and old.shown is distinct from new.document)
	    or old.active <> new.active
	    or old.user_name <> new.user_name
), changed as (
	update person p
	   set user_name = w.user_name, display_name = w.display_name,
	       given_name = w.given_name, family_name = w.family_name,
	       email = w.email, language = w.language, zone = w.zone,
	       country = w.country, active = w.active, deleted_at = null,
	       version = p.version + 1, updated_at = clock()
	  from wanted w
	 where p.org_id = :auth.org and p.id = w.id
	returning p.id, p.version
), made as (
	insert into person (org_id, id, user_name, display_name, given_name,
		family_name, email, language, zone, country, active)
	select :auth.org, :arg.new_id::uuid, n.user_name,
	       coalesce(n.display_name, n.user_name),
	       n.given_name, n.family_name, n.email,
	       coalesce(n.language, o.language), coalesce(n.zone, o.zone),
	       n.country, n.active
	  from new n
	  join organisation o on o.id = :auth.org
	 where not exists (select from picked)
	returning id, version
), kept as (
	insert into scim_person (org_id, person_id, external_id, email,
		document)
	select :auth.org, i.id, n.external_id, n.email, n.document
	  from new n, (
		select id from changed
		union all
		select id from made
	  ) i
	on conflict (org_id, person_id) do update
	   set external_id = excluded.external_id, email = excluded.email,
	       document = excluded.document, updated_at = clock()
	returning person_id
), wish as (
	select i.id, e.id as employment_id, lower(e.during) as since,
	       upper(e.during) as until,
	       e.team_id as old_team_id, e.manager_id as old_manager_id,
	       e.title as old_title,
	       case when n.department is not distinct from o.department
	            then e.team_id
	            else (
		select t.id from team t
		 where t.org_id = :auth.org
		   and t.sort_name = name_words(n.department)
		   and t.deleted_at is null
	            ) end as team_id,
	       case when n.manager is not distinct from o.manager
	            then e.manager_id
	            else (
		select m.id from person m
		 where m.org_id = :auth.org and m.deleted_at is null
		   and m.id = case when n.manager ~
	'^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
		       then n.manager::uuid end
	            ) end as manager_id,
	       case when n.title is not distinct from o.title
	            then e.title else n.title end as title
	  from new n
	  join (
		select id from changed
		union all
		select id from made
	  ) i on true
	  left join old o on true
	  left join employment e
	    on e.org_id = :auth.org and e.person_id = i.id and e.is_primary
	   and e.during @> today()
), ended as (
	update employment e
	   set during = daterange(w.since, today()), updated_at = clock()
	  from wish w
	 where e.org_id = :auth.org and e.id = w.employment_id
	   and w.since < today()
	   and (w.team_id, w.manager_id)
	       is distinct from (w.old_team_id, w.old_manager_id)
	returning e.id
), amended as (
	update employment e
	   set team_id = w.team_id, manager_id = w.manager_id,
	       title = w.title, updated_at = clock()
	  from wish w
	 where e.org_id = :auth.org and e.id = w.employment_id
	   and (w.team_id, w.manager_id, w.title)
	       is distinct from (w.old_team_id, w.old_manager_id, w.old_title)
	   and (w.since is null or w.since >= today()
	        or (w.team_id, w.manager_id)
	           is not distinct from (w.old_team_id, w.old_manager_id))
	returning e.id
), opened as (
	insert into employment (org_id, person_id, team_id, manager_id, title,
		during)
	select :auth.org, w.id, w.team_id, w.manager_id, w.title,
	       daterange(today(), coalesce(w.until, (
		select min(lower(l.during))
		  from employment l
		 where l.org_id = :auth.org and l.person_id = w.id
		   and l.is_primary and lower(l.during) > today()
	       )))
	  from wish w
	 where (w.employment_id is null
	        and coalesce(w.team_id::text, w.manager_id::text, w.title)
	            is not null)
	    or exists (select from ended)
	returning id
), told as (
	insert into outbox (org_id, event, object_id, version, body)
	select :auth.org, 'person.created', m.id, m.version, '{}'::jsonb
	  from made m
	union all
	select :auth.org, 'person.updated', c.id, c.version,
	       jsonb_build_object('changed', w.names)
	  from changed c
	  join wanted w on w.id = c.id
	 where cardinality(w.names) > 0
	union all
	select :auth.org, 'person.returned', c.id, c.version, '{}'::jsonb
	  from changed c
	  join wanted w on w.id = c.id
	   and w.action in ('restored', 'reactivated')
	union all
	select :auth.org, 'person.left', c.id, c.version,
	       '{"how": "deactivated"}'::jsonb
	  from changed c
	  join wanted w on w.id = c.id and w.action = 'deactivated'
	union all
	select :auth.org, 'person.moved', c.id, c.version,
	       jsonb_build_object('changed', array_remove(array[
	           case when s.team_id is distinct from s.old_team_id
	                then 'team' end,
	           case when s.manager_id is distinct from s.old_manager_id
	                then 'manager' end], null))
	  from changed c
	  join wanted w on w.id = c.id and w.action <> 'restored'
	  join wish s on s.id = c.id
	 where (s.team_id, s.manager_id)
	       is distinct from (s.old_team_id, s.old_manager_id)
)
insert into sync_change (org_id, source, kind, object_id, action, changed)
select :auth.org, :arg.source, 'person', m.id, 'created', '{}'::text[]
  from made m
union all
select :auth.org, :arg.source, 'person', w.id, w.action, array(
	select coalesce(n.key, o.key)
	  from jsonb_each((select document from new)) n
	  full join jsonb_each((select document from old)) o on o.key = n.key
	 where n.value is distinct from o.value
	   and n.value is distinct from
	       (select old.shown -> coalesce(n.key, o.key) from old)
	 order by 1
       )
  from wanted w;
