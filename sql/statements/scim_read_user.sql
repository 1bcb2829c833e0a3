-- One user, by arg.id or, just made, by arg.user_name.
select u.id, u.external_id, u.document::text as document,
       u.output::text as output, u.document ?
           'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
           as is_extended,
       u.created_at, u.updated_at, u.version,
       case when :arg.groups::boolean then u.groups end as groups
  from scim_user u
 where u.org_id = :auth.org
   and u.id = (
	select coalesce(:arg.id::uuid, person_named(:arg.user_name))
   )
