-- Users by arg.user_name or arg.external_id, one of which is null; at least one
-- row.
with found as (
	select p.id, row_number() over (order by p.id) as place
	  from person p
	 where p.org_id = :auth.org and p.deleted_at is null
	   and p.id in (
		select person_named(:arg.user_name)
		union all
		select s.person_id from scim_person s
		 where s.org_id = :auth.org
		   and s.external_id = :arg.external_id
		union all
		select o.id from person o
		 where o.org_id = :auth.org
		   and o.external_id = :arg.external_id
		   and not exists (
			select from scim_person s
			 where s.org_id = :auth.org and s.person_id = o.id
		   )
	   )
), shown as materialized (
	select u.id, u.external_id, u.output::text as output, u.document ?
	           'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
	           as is_extended,
	       u.created_at, u.updated_at, u.version,
	       case when :arg.groups::boolean then u.groups end as groups
	  from found f
	  join scim_user u on u.org_id = :auth.org and u.id = f.id
	 where f.place > :arg.offset::bigint
	   and f.place - :arg.offset::bigint <= :arg.limit::bigint
)
select t.total, s.id, s.external_id, s.output, s.is_extended, s.created_at,
       s.updated_at, s.version, s.groups
  from (select count(*) as total from found) t
  left join shown s on true
 order by s.id
