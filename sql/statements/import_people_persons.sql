-- Who the rows are about: somebody known by external_id, or by user_name
-- where one of the two sides has no external_id, or somebody new.
insert into incoming_person (key, at_row, person_id, is_new, external_id,
	user_name, given_name, family_name, email, language, zone, country,
	active, joined_on)
select r.key, r.at_row, coalesce(e.id, u.id, uuid7()),
       e.id is null and u.id is null, r.external_id, r.user_name,
       r.given_name, r.family_name, r.email, r.language, r.zone, r.country,
       r.active, r.joined_on
  from (
	select key, min(at_row) as at_row, max(external_id) as external_id,
	       max(user_name) as user_name, max(given_name) as given_name,
	       max(family_name) as family_name, max(email) as email,
	       max(language) as language, max(zone) as zone,
	       max(country) as country, bool_and(active) as active,
	       min(start_on) as joined_on
	  from incoming_row
	 where key is not null
	 group by key
  ) r
  left join person e
    on e.org_id = :auth.org and e.external_id = r.external_id
   and e.deleted_at is null
  left join person u
    on u.org_id = :auth.org and lower(u.user_name) = lower(r.user_name)
   and u.deleted_at is null and e.id is null
   and (r.external_id is null or u.external_id is null)
