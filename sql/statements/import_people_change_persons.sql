-- What a file leaves empty stays as it is.
with wanted as (
	select p.id,
	       coalesce(i.external_id, p.external_id) as external_id,
	       coalesce(i.user_name, p.user_name) as user_name,
	       coalesce(i.given_name, p.given_name) as given_name,
	       coalesce(i.family_name, p.family_name) as family_name,
	       case when i.given_name is distinct from p.given_name
	              and i.given_name is not null
	              or i.family_name is distinct from p.family_name
	              and i.family_name is not null
	            then concat_ws(' ', coalesce(i.given_name, p.given_name),
	                           coalesce(i.family_name, p.family_name))
	            else p.display_name end as display_name,
	       coalesce(i.email, p.email) as email,
	       coalesce(i.language, p.language) as language,
	       coalesce(i.zone, p.zone) as zone,
	       coalesce(i.country, p.country) as country,
	       coalesce(i.active, p.active) as active,
	       coalesce(p.joined_on, i.joined_on) as joined_on
	  from incoming_person i
	  join person p on p.org_id = :auth.org and p.id = i.person_id
	 where not i.is_new
), different as (
	select w.id, array_remove(array[
	           case when w.external_id is distinct from p.external_id
	                then 'external_id' end,
	           case when w.user_name <> p.user_name then 'user_name' end,
	           case when w.given_name is distinct from p.given_name
	                then 'given_name' end,
	           case when w.family_name is distinct from p.family_name
	                then 'family_name' end,
	           case when w.display_name <> p.display_name
	                then 'display_name' end,
	           case when w.email is distinct from p.email
	                then 'email' end,
	           case when w.language <> p.language then 'language' end,
	           case when w.zone <> p.zone then 'zone' end,
	           case when w.country is distinct from p.country
	                then 'country' end,
	           case when w.active <> p.active then 'active' end,
	           case when w.joined_on is distinct from p.joined_on
	                then 'joined_on' end,
	           case when w.id in (select person_id from incoming_change)
	                then 'teams' end
	       ], null) as names
	  from wanted w
	  join person p on p.org_id = :auth.org and p.id = w.id
), changed as (
	update person p
	   set external_id = w.external_id, user_name = w.user_name,
	       given_name = w.given_name, family_name = w.family_name,
	       display_name = w.display_name, email = w.email,
	       language = w.language, zone = w.zone, country = w.country,
	       active = w.active, joined_on = w.joined_on,
	       version = p.version + 1, updated_at = clock()
	  from wanted w
	  join different d on d.id = w.id and d.names <> '{}'
	 where p.org_id = :auth.org and p.id = w.id
	returning p.id, p.version, p.active, d.names
), moved as (
	select c.id, c.version, array_remove(array[
	           case when e.team_id is distinct from b.team_id
	                then 'team' end,
	           case when e.manager_id is distinct from b.manager_id
	                then 'manager' end
	       ], null) as names
	  from changed c
	  join present_employment e
	    on e.org_id = :auth.org and e.person_id = c.id and e.is_primary
	  left join incoming_place b on b.person_id = c.id
	 where 'teams' = any (c.names)
), told as (
	insert into outbox (org_id, event, object_id, version, body)
	select :auth.org, 'person.updated', id, version,
	       jsonb_build_object('changed', names)
	  from changed
	union all
	select :auth.org, case when active then 'person.returned'
	                       else 'person.left' end, id, version,
	       case when active then '{}'
	            else jsonb_build_object('how', 'deactivated') end
	  from changed
	 where 'active' = any (names)
	union all
	select :auth.org, 'person.moved', id, version,
	       jsonb_build_object('changed', names)
	  from moved
	 where names <> '{}'
)
select (select count(*) from changed) as changed,
       (select count(*) from incoming_person) as persons
