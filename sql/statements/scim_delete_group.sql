select from team t
 where t.org_id = :auth.org and t.id = :arg.id::uuid
   for no key update;

select refuse(case when t.id is null then 'not_found'
                   when stale(:arg.version::bigint, t.version)
                   then 'stale_version' end)
  from (select) one
  left join team t
    on t.org_id = :auth.org and t.id = :arg.id::uuid
   and t.deleted_at is null;

with gone as (
	update team t
	   set deleted_at = clock(), version = t.version + 1,
	       updated_at = clock()
	 where t.org_id = :auth.org and t.id = :arg.id::uuid
	returning t.id, t.parent_id, t.version
), lifted as (
	update team t
	   set parent_id = g.parent_id, version = t.version + 1,
	       updated_at = clock()
	  from gone g
	 where t.org_id = :auth.org and t.parent_id = g.id
), ended as (
	update employment e
	   set during = daterange(lower(e.during), today()),
	       updated_at = clock()
	 where e.org_id = :auth.org and e.team_id = :arg.id::uuid
	   and not e.is_primary and lower(e.during) < today()
	   and e.during && daterange(today(), null)
), undone as (
	delete from employment e
	 where e.org_id = :auth.org and e.team_id = :arg.id::uuid
	   and not e.is_primary and lower(e.during) >= today()
), parted as (
	update employment e
	   set team_id = null, updated_at = clock()
	 where e.org_id = :auth.org and e.team_id = :arg.id::uuid
	   and e.is_primary and e.during && daterange(today(), null)
), forgotten as (
	delete from scim_team s
	 where s.org_id = :auth.org and s.team_id = :arg.id::uuid
), told as (
	insert into outbox (org_id, event, object_id, version)
	select :auth.org, 'team.deleted', g.id, g.version from gone g
)
insert into sync_change (org_id, source, kind, object_id, action)
select :auth.org, :arg.source, 'team', g.id, 'deleted' from gone g;
