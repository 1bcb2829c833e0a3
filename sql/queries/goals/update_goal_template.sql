select from goal_template t
 where t.org_id = :auth.org and t.id = :path.template_id
   for no key update;

select refuse(case when t.id is null then 'not_found'
                   when stale(:if_match, t.version) then 'stale_version' end)
  from (select) one
  left join goal_template t
    on t.org_id = :auth.org and t.id = :path.template_id
   and t.deleted_at is null;

with changed as (
	update goal_template t
	   set title = coalesce(:body ->> 'title', t.title),
	       description = case when :body ? 'description'
	                          then :body ->> 'description'
	                          else t.description end,
	       language = coalesce(:body ->> 'language', t.language),
	       measure_type = coalesce(:body #>> '{measure,type}',
	           t.measure_type),
	       measure_text = case
	           when coalesce(:body #>> '{measure,type}', t.measure_type)
	                = 'none' then null
	           when (:body -> 'measure') ? 'text'
	           then :body #>> '{measure,text}'
	           else t.measure_text end,
	       milestones = coalesce(:body -> 'milestones', t.milestones),
	       version = t.version + 1, updated_at = clock()
	 where t.org_id = :auth.org and t.id = :path.template_id
	returning t.id, t.title, t.description, t.language, t.measure_type,
	          t.measure_text, t.milestones, t.version, t.created_at,
	          t.updated_at
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'goal_template.updated', c.id, c.version,
	       :auth.person, jsonb_build_object('changed',
	           (select jsonb_agg(k.name order by k.name)
	              from jsonb_object_keys(:body) as k (name)))
	  from changed c
)
select c.id, c.title, c.description, c.language,
       json_build_object('type', c.measure_type,
           'text', c.measure_text) as measure,
       c.milestones, c.version, c.created_at, c.updated_at
  from changed c
