select from person p
 where p.org_id = :auth.org and p.id = :auth.person
   for no key update;

select refuse('stale_version')
  from person p
 where p.org_id = :auth.org and p.id = :auth.person
   and stale(:if_match, p.version);

with wanted as (
	select p.id, p.language as old_language, p.zone as old_zone,
	       coalesce(:body ->> 'language', p.language) as language,
	       coalesce(:body ->> 'zone', p.zone) as zone
	  from person p
	 where p.org_id = :auth.org and p.id = :auth.person
	   and p.deleted_at is null
), changed as (
	update person p
	   set language = w.language, zone = w.zone,
	       version = p.version + 1, updated_at = clock()
	  from wanted w
	 where p.org_id = :auth.org and p.id = w.id
	   and (w.language, w.zone) <> (w.old_language, w.old_zone)
	returning p.id, p.version,
	          array_remove(array[
	              case when w.language <> w.old_language then 'language' end,
	              case when w.zone <> w.old_zone then 'zone' end
	          ], null) as names
)
insert into outbox (org_id, event, object_id, version, actor_id, body)
select :auth.org, 'person.updated', c.id, c.version, :auth.person,
       jsonb_build_object('changed', c.names)
  from changed c;

:as(get_me)
