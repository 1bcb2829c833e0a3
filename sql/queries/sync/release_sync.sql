-- Waits for whoever is just deactivating, and whoever is just paused.
select pg_advisory_xact_lock(hashtextextended('brake ' || :auth.org, 0));

select refuse('deactivations_not_paused')
 where not exists (
	select from sync_pause p
	 where p.org_id = :auth.org and p.released_at is null
 );

with released as (
	update sync_pause p
	   set released_at = clock(), released_by = :auth.person,
	       reason = :body ->> 'reason'
	 where p.org_id = :auth.org and p.released_at is null
	returning p.source, p.deactivated, p.allowed, p.paused_at,
	          p.released_at, p.reason
), told as (
	insert into outbox (org_id, event, object_id, actor_id)
	select :auth.org, 'sync.released', :auth.org, :auth.person
	  from released
)
select r.source, r.deactivated, r.allowed, r.paused_at, r.released_at,
       r.reason
  from released r
