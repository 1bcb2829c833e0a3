-- Who synchronises the organisation that was entered: every machine that
-- changed something or was refused.  The first part jumps from name to name,
-- since a source has very many changes.
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
)
select k.org_id, k.source, k.source as name,
       null::integer as expect_every_min, (
	select max(c.created_at) from sync_change c
	 where c.org_id = k.org_id and c.source = k.source
       ) as last_change_at, greatest((
	select max(c.created_at) from sync_change c
	 where c.org_id = k.org_id and c.source = k.source), (
	select max(r.last_at) from sync_refusal r
	 where r.org_id = k.org_id and r.source = k.source)) as last_call_at
  from (
	select j.org_id, j.source from jump j where j.source is not null
	union
	select r.org_id, r.source from sync_refusal r
  ) k;
