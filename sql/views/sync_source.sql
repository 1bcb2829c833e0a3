-- Who synchronises the organisation that was entered: clients that are not
-- revoked, and every machine that changed something or was refused.  The
-- first part jumps from name to name, since a source has very many changes.
create or replace view sync_source with (security_invoker = true) as
with recursive jump as (
	select o.id as org_id, (
		select min(c.source) from sync_change c
		 where c.org_id = o.id) as source
	  from organisation o
	 where o.id = nullif(current_setting('hefboom.org', true), '')::uuid
	union all
	select j.org_id, (
		select min(c.source) from sync_change c
		 where c.org_id = j.org_id and c.source > j.source)
	  from jump j
	 where j.source is not null
), known as (
	select j.org_id, j.source from jump j where j.source is not null
	union
	select r.org_id, r.source from sync_refusal r
	union
	select m.org_id, 'client ' || m.id
	  from machine_client m
	 where m.revoked_at is null
)
select k.org_id, k.source, coalesce(m.name, k.source) as name,
       case when m.revoked_at is null then m.expect_every_min
            end as expect_every_min, l.last_change_at, greatest(
           l.last_change_at, (
		select max(r.last_at) from sync_refusal r
		 where r.org_id = k.org_id and r.source = k.source), (
		select max(c.last_used_at) from machine_credential c
		 where c.org_id = k.org_id and c.client_id = m.id)
       ) as last_call_at
  from known k
 cross join lateral (
	select max(c.created_at) as last_change_at
	  from sync_change c
	 where c.org_id = k.org_id and c.source = k.source
 ) l
  left join machine_client m
    on m.org_id = k.org_id and 'client ' || m.id = k.source;
