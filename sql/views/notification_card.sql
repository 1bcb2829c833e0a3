-- A notification in words, once for each language.  format() and not a chain
-- of replacements: a name may hold a placeholder.  Whom a block keeps from the
-- reader has no name here.
create or replace view notification_card with (security_invoker = true) as
select n.org_id, n.id, n.person_id, n.kind, t.language,
       json_build_object('kind', n.object_kind, 'id', n.object_id) as object,
       case when a.id is not null
            then json_build_object('person_id', a.id,
                     'display_name', a.display_name) end as actor,
       format(replace(replace(replace(t.text, '%', '%%'),
                  '{actor}', '%1$s'), '{title}', '%2$s'),
           coalesce(a.display_name, w.somebody),
           coalesce(o.titles ->> t.language, o.title, w.something)) as text,
       n.read_at, n.created_at, n.updated_at, n.version
  from notification n
  join notification_text t on t.kind = n.kind
  join (values ('en', 'Somebody', '…'), ('nl', 'Iemand', '…'),
	('fr', 'Quelqu’un', '…'), ('de', 'Jemand', '…')
  ) w (language, somebody, something) on w.language = t.language
  left join lateral (
	select p.id, p.display_name
	  from person p
	 where p.org_id = n.org_id and p.id = n.actor_id
	   and p.deleted_at is null
	   and p.id <> all (array(
		select b.other_id
		  from blocked_pair b
		 where b.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and b.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid))
	 limit 1
 ) a on true
  left join lateral (
	select l.title, l.titles
	  from notification_title l
	 where l.org_id = n.org_id and l.object_kind = n.object_kind
	   and l.object_id = n.object_id
	 limit 1
 ) o on true;
