-- With the timers of what every organisation does by the hour.
with made as (
	insert into organisation (id, name, title, language, zone)
	select uuid7(), :arg.name, :arg.title,
	       coalesce(:arg.language, 'en'),
	       coalesce(:arg.zone, 'Europe/Brussels')
	  from (
		select refuse(case when not zone_known(:arg.zone)
		                   then 'zone_unknown' end)
	  ) asked
	returning id
), timers as (
	insert into timer (org_id, kind, object_id, due_at)
	select made.id, kind, made.id, clock() + interval '1 hour'
	  from made,
	       unnest('{purge_idempotency_keys,purge_outbox,purge_jobs,
	                purge_notifications,purge_sync,purge_seat_links}'::text[])
	           as kind
)
select id from made
