-- A page of all users, and how many they are; at least one row.
with shown as materialized (
	select u.id, u.external_id, u.output::text as output, u.document ?
	           'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
	           as is_extended,
	       u.created_at, u.updated_at, u.version,
	       case when :arg.groups::boolean then u.groups end as groups
	  from people_paged(:auth.org, :arg.offset::bigint,
		:arg.limit::bigint) page
	  join scim_user u on u.org_id = :auth.org and u.id = page.id
)
select t.total, s.id, s.external_id, s.output, s.is_extended, s.created_at,
       s.updated_at, s.version, s.groups
  from people_counted(:auth.org) t (total)
  left join shown s on true
 order by s.id
