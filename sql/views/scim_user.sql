-- `offset 0` keeps what is costly from being written out twenty times, wherever
-- it is used, and coalesce out of the manager's look-up: it is not leakproof,
-- so that the policy would hide the index.
create or replace view scim_user with (security_invoker = true) as
select p.org_id, p.id, p.user_name,
       case when s.person_id is null then p.external_id
            else s.external_id end as external_id,
       p.display_name, p.given_name, p.family_name, p.active, p.created_at,
       p.updated_at, p.version, 'User' as resource_type, u.emails, u.stored,
       d.document,
       case when d.manager is null then d.document
            else jsonb_set(d.document,
'{urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,manager}',
                jsonb_strip_nulls(jsonb_build_object('value', d.manager,
                    '$ref', '../Users/' || d.manager, 'displayName', (
	select m.display_name from person m
	 where m.org_id = p.org_id and m.deleted_at is null
	   and m.id = case when d.manager ~
		'^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
	       then d.manager::uuid end
                    )))) end as output,
       (
	select json_agg(json_build_object('value', g.id,
	           '$ref', '../Groups/' || g.id, 'display', g.display_name,
	           'type', 'direct') order by g.id)
	  from scim_member m
	  join scim_group g on g.org_id = m.org_id and g.id = m.group_id
	 where m.org_id = p.org_id and m.value = p.id
       ) as groups
  from person p
  left join scim_person s
    on s.org_id = p.org_id and s.person_id = p.id
 cross join lateral (
	select case when s.person_id is not null
	             and s.email is not distinct from p.email
	            then s.document -> 'emails'
	            when p.email is not null
	            then jsonb_build_array(jsonb_build_object(
	                'value', p.email, 'type', 'work',
	                'primary', true)) end as emails,
	       coalesce(s.document, (
	select jsonb_strip_nulls(jsonb_build_object(
	           'preferredLanguage', p.language, 'timezone', p.zone,
	           'title', e.title,
	           'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
	           nullif(jsonb_strip_nulls(jsonb_build_object(
	               'department', t.name, 'manager',
	               case when e.manager_id is not null then
	                   jsonb_build_object('value', e.manager_id) end)),
	               '{}')))
	  from (select) one
	  left join lateral (
		select o.title, o.team_id, o.manager_id
		  from present_employment o
		 where o.org_id = p.org_id and o.person_id = p.id
		   and o.is_primary
		 limit 1
	  ) e on true
	  left join team t on t.org_id = p.org_id and t.id = e.team_id
	   and t.deleted_at is null
	       )) as stored
	offset 0
 ) u
 cross join lateral (
	select u.stored - 'externalId' || jsonb_strip_nulls(jsonb_build_object(
	           'userName', p.user_name, 'displayName', p.display_name,
	           'active', p.active, 'emails', u.emails,
	           'name', nullif(coalesce(u.stored -> 'name', '{}')
	               || jsonb_strip_nulls(jsonb_build_object(
	                   'givenName', p.given_name,
	                   'familyName', p.family_name)), '{}'))) as document,
	       u.stored #>>
'{urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,manager,value}'
	           as manager
	offset 0
 ) d
 where p.deleted_at is null;
