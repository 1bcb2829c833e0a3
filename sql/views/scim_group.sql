create or replace view scim_group with (security_invoker = true) as
select t.org_id, t.id, t.name as display_name,
       case when s.team_id is null then t.external_id
            else s.external_id end as external_id,
       t.created_at, t.updated_at, t.version, 'Group' as resource_type,
       (
	select '[' || string_agg('{"value":"' || m.value
	           || '","$ref":"../Users/' || m.value
	           || '","type":"User","display":'
	           || to_json(m.display) || '}', ',' order by m.value) || ']'
	  from scim_member m
	 where m.org_id = t.org_id and m.group_id = t.id
       ) as members
  from team t
  left join scim_team s on s.org_id = t.org_id and s.team_id = t.id
 where t.deleted_at is null and coalesce(s.is_group, true);
