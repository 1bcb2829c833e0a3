select from goal_template t
 where t.org_id = :auth.org and t.id = :path.template_id
   for no key update;

select refuse(case when t.id is null then 'not_found'
                   when stale(:if_match, t.version) then 'stale_version' end)
  from (select) one
  left join goal_template t
    on t.org_id = :auth.org and t.id = :path.template_id
   and t.deleted_at is null;

with gone as (
	update goal_template t
	   set title = '', description = null, measure_type = 'none',
	       measure_text = null, milestones = '[]', deleted_at = clock(),
	       updated_at = clock(), version = t.version + 1
	 where t.org_id = :auth.org and t.id = :path.template_id
	returning t.id, t.version
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id)
	select :auth.org, 'goal_template.deleted', g.id, g.version, :auth.person
	  from gone g
)
select g.id as _id
  from gone g
