-- One group, by arg.id or, just made, by arg.display_name.
select g.id, g.external_id, g.display_name, g.created_at, g.updated_at,
       g.version, case when :arg.members::boolean then g.members end as members
  from scim_group g
 where g.org_id = :auth.org
   and g.id = (
	select coalesce(:arg.id::uuid, (
		select t.id from team t
		 where t.org_id = :auth.org
		   and t.sort_name = name_words(:arg.display_name)
		   and t.deleted_at is null
	       ))
   )
