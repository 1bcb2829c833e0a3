select from organisation o
 where o.id = :auth.org
   for no key update;

select refuse(case when stale(:if_match, o.version) then 'stale_version'
                   when exists (
	select from jsonb_array_elements_text(:body -> 'hr_contacts') w (id)
	 where not exists (
		select from person p
		 where p.org_id = :auth.org and p.id = w.id::uuid
		   and p.active and p.deleted_at is null))
                   then 'hr_contact_unknown' end)
  from organisation o
 where o.id = :auth.org;

with wanted as (
	select w.id::uuid as id
	  from jsonb_array_elements_text(:body -> 'hr_contacts') w (id)
), removed as (
	delete from hr_contact h
	 where h.org_id = :auth.org and :body ? 'hr_contacts'
	   and h.person_id not in (select id from wanted)
	returning h.person_id
), added as (
	insert into hr_contact (org_id, person_id)
	select distinct :auth.org, w.id from wanted w
	on conflict on constraint hr_contact_key do nothing
	returning person_id
), different as (
	select o.id, coalesce(
	           (:body ->> 'deactivation_share_percent')::numeric,
	           o.deactivation_share_percent) as share,
	       array_remove(array[
	           case when (:body ->> 'deactivation_share_percent')::numeric
	                     <> o.deactivation_share_percent
	                then 'deactivation_share_percent' end,
	           case when exists (select from removed)
	                  or exists (select from added)
	                then 'hr_contacts' end
	       ], null) as names
	  from organisation o
	 where o.id = :auth.org
), changed as (
	update organisation o
	   set deactivation_share_percent = d.share,
	       version = o.version + 1, updated_at = clock()
	  from different d
	 where o.id = :auth.org and d.names <> '{}'
	returning o.id, o.version, d.names
)
insert into outbox (org_id, event, object_id, version, actor_id, body)
select :auth.org, 'organisation.updated', c.id, c.version, :auth.person,
       jsonb_build_object('changed', c.names)
  from changed c;

:as(get_organisation)
