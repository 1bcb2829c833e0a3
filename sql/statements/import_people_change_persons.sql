-- What a file leaves empty stays as it is: as it is once its row is free, so
-- that what somebody else just wrote there stays too.
with different as (
	select p.id, array_remove(array[
	           case when coalesce(i.external_id, p.external_id)
	                     is distinct from p.external_id
	                then 'external_id' end,
	           case when i.user_name <> p.user_name then 'user_name' end,
	           case when n.is_given then 'given_name' end,
	           case when n.is_family then 'family_name' end,
	           case when (n.is_given or n.is_family)
	                 and n.whole <> p.display_name
	                then 'display_name' end,
	           case when coalesce(i.email, p.email)
	                     is distinct from p.email
	                then 'email' end,
	           case when i.language <> p.language then 'language' end,
	           case when i.zone <> p.zone then 'zone' end,
	           case when coalesce(i.country, p.country)
	                     is distinct from p.country
	                then 'country' end,
	           case when i.active <> p.active then 'active' end,
	           case when p.joined_on is null and i.joined_on is not null
	                then 'joined_on' end,
	           case when p.id in (select person_id from incoming_change)
	                then 'teams' end
	       ], null) as names
	  from incoming_person i
	  join person p on p.org_id = :auth.org and p.id = i.person_id
	 cross join lateral (
		select coalesce(i.given_name, p.given_name)
		           is distinct from p.given_name as is_given,
		       coalesce(i.family_name, p.family_name)
		           is distinct from p.family_name as is_family,
		       concat_ws(' ', coalesce(i.given_name, p.given_name),
		           coalesce(i.family_name, p.family_name)) as whole
	 ) n
	 where not i.is_new
), changed as (
	update person p
	   set external_id = coalesce(i.external_id, p.external_id),
	       user_name = coalesce(i.user_name, p.user_name),
	       given_name = coalesce(i.given_name, p.given_name),
	       family_name = coalesce(i.family_name, p.family_name),
	       display_name = case
	           when i.given_name <> coalesce(p.given_name, '')
	             or i.family_name <> coalesce(p.family_name, '')
	           then concat_ws(' ', coalesce(i.given_name, p.given_name),
	                          coalesce(i.family_name, p.family_name))
	           else p.display_name end,
	       email = coalesce(i.email, p.email),
	       language = coalesce(i.language, p.language),
	       zone = coalesce(i.zone, p.zone),
	       country = coalesce(i.country, p.country),
	       active = coalesce(i.active, p.active),
	       joined_on = coalesce(p.joined_on, i.joined_on),
	       version = p.version + 1, updated_at = clock()
	  from incoming_person i
	  join different d on d.id = i.person_id and d.names <> '{}'
	 where p.org_id = :auth.org and p.id = i.person_id
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
