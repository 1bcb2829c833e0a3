select (d.midnight at time zone d.zone)::date as today, (
	select coalesce(json_agg(json_build_object('source', s.source,
	           'name', s.name, 'last_call_at', instant(s.last_call_at),
	           'last_change_at', instant(s.last_change_at),
	           'expect_every_min', s.expect_every_min,
	           'next_expected_at', instant(n.at),
	           'overdue', coalesce(n.at < clock(), false),
	           'today', json_build_object(
	               'created', coalesce(c.created, 0),
	               'adopted', coalesce(c.adopted, 0),
	               'changed', coalesce(c.changed, 0),
	               'deactivated', coalesce(c.deactivated, 0),
	               'reactivated', coalesce(c.reactivated, 0),
	               'deleted', coalesce(c.deleted, 0),
	               'restored', coalesce(c.restored, 0)),
	           'refused', r.refused,
	           'refusals', r.refusals) order by s.name, s.source), '[]')
	  from sync_source s
	 cross join lateral (
		select s.last_call_at
		       + make_interval(mins => s.expect_every_min) as at
	 ) n
	  left join (
		select x.source, count(*) filter (
		           where x.action = 'created') as created,
		       count(*) filter (
		           where x.action = 'adopted') as adopted,
		       count(*) filter (
		           where x.action = 'changed') as changed,
		       count(*) filter (
		           where x.action = 'deactivated') as deactivated,
		       count(*) filter (
		           where x.action = 'reactivated') as reactivated,
		       count(*) filter (
		           where x.action = 'deleted') as deleted,
		       count(*) filter (
		           where x.action = 'restored') as restored
		  from sync_change x
		 where x.org_id = :auth.org and x.created_at >= d.midnight
		 group by x.source
	  ) c on c.source = s.source
	 cross join lateral (
		select coalesce(sum(f.count), 0)::bigint as refused,
		       coalesce(json_agg(json_build_object(
		               'reason', f.reason,
		               'scim_type', nullif(f.scim_type, ''),
		               'count', f.count,
		               'last_at', instant(f.last_at))
		           order by f.count desc, f.reason, f.scim_type),
		           '[]') as refusals
		  from sync_refusal f
		 where f.org_id = :auth.org and f.source = s.source
		   and f.day = (d.midnight at time zone d.zone)::date
	 ) r
	 where s.org_id = :auth.org
       ) as sources, (
	select json_build_object('paused', p.id is not null,
	           'paused_at', instant(p.paused_at),
	           'paused_by', p.source,
	           'deactivated', b.deactivated, 'allowed', b.allowed,
	           'share_percent', d.deactivation_share_percent,
	           'released_at', instant((
			select max(l.released_at) from sync_pause l
			 where l.org_id = :auth.org)))
	  from brake_state(:auth.org, 0) b
	  left join sync_pause p
	    on p.org_id = :auth.org and p.released_at is null
       ) as deactivations
  from (
	select o.zone, o.deactivation_share_percent,
	       date_trunc('day', clock() at time zone o.zone)
	           at time zone o.zone as midnight
	  from organisation o
	 where o.id = :auth.org
  ) d
