with made as (
	insert into person (org_id, id, external_id, user_name, display_name,
		given_name, family_name, email, language, zone, country,
		active, joined_on)
	select :auth.org, p.person_id, p.external_id, p.user_name,
	       concat_ws(' ', p.given_name, p.family_name), p.given_name,
	       p.family_name, p.email, coalesce(p.language, o.language),
	       coalesce(p.zone, o.zone), p.country, coalesce(p.active, true),
	       p.joined_on
	  from incoming_person p
	  join organisation o on o.id = :auth.org
	 where p.is_new
	 order by p.at_row
	returning id, version
), told as (
	insert into outbox (org_id, event, object_id, version)
	select :auth.org, 'person.created', id, version from made
)
select count(*) as created from made
