-- Makes a group, adopts the team that it already is, or changes one.
-- arg.id is null for one that is made; its id is then arg.new_id.  What is
-- null stays as it is; arg.external_id '' removes.  arg.replaced: members are
-- those of arg.added and nobody else.
select from team t
 where t.org_id = :auth.org
   and t.id in (
	select :arg.id::uuid
	union all
	select m.id from scim_group_match(:auth.org, :arg.display_name,
		:arg.external_id) m
	 where :arg.id::uuid is null
   )
   for no key update;

select refuse(case when :arg.id::uuid is null
                   then case when m.is_taken then 'scim_uniqueness' end
                   when t.id is null then 'not_found'
                   when stale(:arg.version::bigint, t.version)
                   then 'stale_version' end,
              case when m.is_taken
                   then '{"detail": "displayName"}'::jsonb end)
  from (select) one
  left join team t
    on t.org_id = :auth.org and t.id = :arg.id::uuid
   and t.deleted_at is null
   and not exists (
	select from scim_team s
	 where s.org_id = :auth.org and s.team_id = t.id and not s.is_group
   )
  left join lateral scim_group_match(:auth.org, :arg.display_name,
	:arg.external_id) m
    on :arg.id::uuid is null;

select refuse('scim_invalid_value', jsonb_build_object('detail',
           'members: there is no user ' || a.id))
  from unnest(:arg.added::uuid[]) a (id)
 where not exists (
	select from person p
	 where p.org_id = :auth.org and p.id = a.id and p.deleted_at is null
 )
 limit 1;

with picked as (
	select t.id, t.version, t.name, coalesce(s.is_group, false) as is_owned,
	       case when s.team_id is null then t.external_id
	            else s.external_id end as external_id
	  from team t
	  left join scim_team s on s.org_id = t.org_id and s.team_id = t.id
	 where t.org_id = :auth.org
	   and t.id = (
		select coalesce(:arg.id::uuid, (
			select m.id from scim_group_match(:auth.org,
				:arg.display_name, :arg.external_id) m
		       ))
	   )
), made as (
	insert into team (org_id, id, name)
	select :auth.org, :arg.new_id::uuid, :arg.display_name
	 where not exists (select from picked)
	returning id, version
), it as (
	select id from picked
	union all
	select id from made
), joined as (
	insert into employment (org_id, person_id, team_id, during, is_primary)
	select :auth.org, a.id, it.id, daterange(today(), null), false
	  from it, (select distinct id
	              from unnest(:arg.added::uuid[]) u (id)) a
	 where not exists (
		select from employment e
		  left join scim_person s
		    on s.org_id = e.org_id and s.person_id = e.person_id
		 where e.org_id = :auth.org and e.team_id = it.id
		   and e.person_id = a.id and e.during @> today()
		   and not (e.is_primary and s.person_id is not null)
	 )
	returning person_id
), leaving as (
	select e.id, lower(e.during) as since, e.is_primary
	  from it
	 cross join (select distinct id
	               from unnest(:arg.removed::uuid[]) u (id)) r
	 cross join lateral unnest(array(
		select x.id from employment x
		 where x.org_id = :auth.org and x.person_id = r.id
		   and x.team_id = it.id and x.during @> today()
	       )) here (id)
	  join employment e on e.org_id = :auth.org and e.id = here.id
	  left join scim_person s
	    on s.org_id = e.org_id and s.person_id = e.person_id
	 where not :arg.replaced::boolean
	   and not (e.is_primary and s.person_id is not null)
	union all
	select e.id, lower(e.during), e.is_primary
	  from it
	  join employment e
	    on e.org_id = :auth.org and e.team_id = it.id
	   and e.during @> today()
	  left join scim_person s
	    on s.org_id = e.org_id and s.person_id = e.person_id
	 where :arg.replaced::boolean
	   and not (e.is_primary and s.person_id is not null)
	   and e.person_id not in (
		select id from unnest(:arg.added::uuid[]) u (id)
	   )
), ended as (
	update employment e
	   set during = daterange(l.since, today()), updated_at = clock()
	  from leaving l
	 where e.org_id = :auth.org and e.id = l.id and not l.is_primary
	   and l.since < today()
	returning e.id
), undone as (
	delete from employment e
	 using leaving l
	 where e.org_id = :auth.org and e.id = l.id and not l.is_primary
	   and l.since >= today()
	returning e.id
), parted as (
	update employment e
	   set team_id = null, updated_at = clock()
	  from leaving l
	 where e.org_id = :auth.org and e.id = l.id and l.is_primary
	returning e.id, e.person_id
), kept as (
	insert into scim_team (org_id, team_id, external_id)
	select :auth.org, it.id, case when :arg.external_id is null
	                          then p.external_id
	                          else nullif(:arg.external_id, '') end
	  from it
	  left join picked p on p.id = it.id
	on conflict (org_id, team_id) do update
	   set is_group = true, external_id = case when :arg.external_id is null
	                          then scim_team.external_id
	                          else excluded.external_id end,
	       updated_at = clock()
), names as (
	select array_remove(array[
	           case when p.name <> :arg.display_name then 'name' end,
	           case when p.external_id is distinct from
	                     nullif(:arg.external_id, '')
	                 and :arg.external_id is not null
	                then 'external_id' end,
	           case when (select count(*) from joined)
	                     + (select count(*) from leaving) > 0
	                then 'members' end], null) as at,
	       p.is_owned
	  from picked p
), changed as (
	update team t
	   set name = coalesce(:arg.display_name, t.name),
	       version = t.version + 1, updated_at = clock()
	  from picked p, names n
	 where t.org_id = :auth.org and t.id = p.id
	   and (cardinality(n.at) > 0 or not n.is_owned)
	returning t.id, t.version
), told as (
	insert into outbox (org_id, event, object_id, version, body)
	select :auth.org, 'team.created', m.id, m.version, '{}'::jsonb
	  from made m
	union all
	select :auth.org, 'team.updated', c.id, c.version,
	       jsonb_build_object('changed', n.at)
	  from changed c, names n
	 where cardinality(n.at) > 0
	union all
	select :auth.org, 'person.moved', p.id, p.version,
	       '{"changed": ["team"]}'::jsonb
	  from parted m
	  join person p on p.org_id = :auth.org and p.id = m.person_id
)
insert into sync_change (org_id, source, kind, object_id, action, changed)
select :auth.org, :arg.source, 'team', m.id, 'created', '{}'::text[]
  from made m
union all
select :auth.org, :arg.source, 'team', c.id,
       case when n.is_owned then 'changed' else 'adopted' end, n.at
  from changed c, names n;
