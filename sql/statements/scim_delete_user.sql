select from person p
 where p.org_id = :auth.org and p.id = :arg.id::uuid
   for no key update;

select refuse(case when p.id is null then 'not_found'
                   when stale(:arg.version::bigint, p.version)
                   then 'stale_version' end)
  from (select) one
  left join person p
    on p.org_id = :auth.org and p.id = :arg.id::uuid
   and p.deleted_at is null;

select brake_deactivation(:auth.org, :arg.source, :arg.id::uuid);

with gone as (
	update person p
	   set deleted_at = clock(), active = false, version = p.version + 1,
	       updated_at = clock()
	 where p.org_id = :auth.org and p.id = :arg.id::uuid
	returning p.id, p.version
), ended as (
	update employment e
	   set during = daterange(lower(e.during), today()),
	       updated_at = clock()
	 where e.org_id = :auth.org and e.person_id = :arg.id::uuid
	   and lower(e.during) < today() and e.during && daterange(today(), null)
), undone as (
	delete from employment e
	 where e.org_id = :auth.org and e.person_id = :arg.id::uuid
	   and lower(e.during) >= today()
), told as (
	insert into outbox (org_id, event, object_id, version, body)
	select :auth.org, 'person.left', g.id, g.version,
	       '{"how": "deleted"}'
	  from gone g
)
insert into sync_change (org_id, source, kind, object_id, action)
select :auth.org, :arg.source, 'person', g.id, 'deleted' from gone g;
