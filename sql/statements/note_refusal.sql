-- After a refused write of a machine, in a transaction of its own.
insert into sync_refusal (org_id, source, day, reason, scim_type)
select :auth.org, :arg.source, (clock() at time zone o.zone)::date,
       :arg.reason, coalesce(:arg.scim_type, '')
  from organisation o
 where o.id = :auth.org
on conflict on constraint sync_refusal_key do update
   set count = sync_refusal.count + 1, last_at = clock();

select pause_deactivations(:auth.org, :arg.source)
 where :arg.reason = 'deactivations_paused'
