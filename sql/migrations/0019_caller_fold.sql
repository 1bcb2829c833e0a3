-- A subject is a user name in another case only where both cases agree: the
-- signs U+212A and U+0130 are k and i in small letters, and nobody's K and I.

create or replace function find_caller(issuer text, org text, subject text)
returns table (org_id uuid, person_id uuid, active boolean)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
	select o.id, p.id, p.active
	  from organisation o
	  left join lateral (
		select f.id, f.active
		  from (
			select i.person_id, 1 as choice
			  from login_identity i
			 where i.org_id = o.id and i.issuer = find_caller.issuer
			   and i.subject = find_caller.subject
			union all
			select u.id, 2
			  from person u
			 where u.org_id = o.id
			   and lower(u.user_name) = lower(find_caller.subject)
			   and upper(u.user_name) = upper(find_caller.subject)
			union all
			select (array_agg(s.person_id))[1], 3
			  from scim_person s
			  join person l on l.org_id = s.org_id
			   and l.id = s.person_id and l.deleted_at is null
			 where s.org_id = o.id
			   and s.external_id = find_caller.subject
			having count(*) = 1
			union all
			select e.id, 4
			  from person e
			 where e.org_id = o.id
			   and e.external_id = find_caller.subject
		  ) found
		  join person f on f.org_id = o.id and f.id = found.person_id
		   and f.deleted_at is null
		 order by found.choice, f.active desc, f.id
		 limit 1
	  ) p on true
	 where o.name = find_caller.org
$$;
