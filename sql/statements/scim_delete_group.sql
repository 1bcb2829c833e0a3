-- A group that is somebody's department too stays that, and no group.
select from team t
 where t.org_id = :auth.org and t.id = :arg.id::uuid
   for no key update;

select refuse(case when t.id is null then 'not_found'
                   when stale(:arg.version::bigint, t.version)
                   then 'stale_version' end)
  from (select) one
  left join team t
    on t.org_id = :auth.org and t.id = :arg.id::uuid
   and t.deleted_at is null
   and not exists (
	select from scim_team s
	 where s.org_id = :auth.org and s.team_id = t.id and not s.is_group
   );

with it as (
	select :arg.id::uuid as id, exists (
		select from employment e
		  join scim_person s
		    on s.org_id = e.org_id and s.person_id = e.person_id
		 where e.org_id = :auth.org and e.team_id = :arg.id::uuid
		   and e.is_primary and e.during && daterange(today(), null)
	       ) as is_department
), gone as (
	update team t
	   set deleted_at = case when not it.is_department then clock() end,
	       version = t.version + 1, updated_at = clock()
	  from it
	 where t.org_id = :auth.org and t.id = it.id
	returning t.id, t.parent_id, t.version, it.is_department
), lifted as (
	update team t
	   set parent_id = g.parent_id, version = t.version + 1,
	       updated_at = clock()
	  from gone g
	 where t.org_id = :auth.org and t.parent_id = g.id
	   and not g.is_department
	returning t.id, t.version
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
	   and not exists (
		select from scim_person s
		 where s.org_id = e.org_id and s.person_id = e.person_id
	   )
	returning e.person_id, e.during
), forgotten as (
	delete from scim_team s
	 using it
	 where s.org_id = :auth.org and s.team_id = it.id
	   and not it.is_department
), kept as (
	insert into scim_team (org_id, team_id, is_group)
	select :auth.org, it.id, false from it where it.is_department
	on conflict (org_id, team_id) do update
	   set is_group = false, external_id = null, updated_at = clock()
), told as (
	insert into outbox (org_id, event, object_id, version, body)
	select :auth.org,
	       case when g.is_department then 'team.updated'
	            else 'team.deleted' end, g.id, g.version,
	       case when g.is_department then '{"changed": ["members"]}'
	            else '{}' end::jsonb
	  from gone g
	union all
	select :auth.org, 'team.updated', l.id, l.version,
	       '{"changed": ["parent_id"]}'::jsonb
	  from lifted l
	union all
	select :auth.org, 'person.moved', p.id, p.version,
	       '{"changed": ["team"]}'::jsonb
	  from parted m
	  join person p on p.org_id = :auth.org and p.id = m.person_id
	 where m.during @> today()
)
insert into sync_change (org_id, source, kind, object_id, action)
select :auth.org, :arg.source, 'team', g.id, 'deleted' from gone g;
