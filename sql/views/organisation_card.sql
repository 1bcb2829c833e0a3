create or replace view organisation_card with (security_invoker = true) as
select o.id as org_id, o.id, o.name, o.title, o.language, o.zone,
       o.deactivation_share_percent, (
	select coalesce(json_agg(json_build_object('person_id', p.id,
	                'display_name', p.display_name)
	           order by p.sort_name, p.id), '[]')
	  from hr_contact h
	  join person p on p.org_id = h.org_id and p.id = h.person_id
	   and p.active and p.deleted_at is null
	 where h.org_id = o.id
       ) as hr_contacts, o.version, o.created_at, o.updated_at
  from organisation o;
