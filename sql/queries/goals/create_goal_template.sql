with made as (
	insert into goal_template (org_id, id, title, description, language,
	                           measure_type, measure_text, milestones)
	select :auth.org, :new.id, :body ->> 'title', :body ->> 'description',
	       coalesce(:body ->> 'language', :auth.language), m.type,
	       case when m.type <> 'none' then :body #>> '{measure,text}' end,
	       coalesce(:body -> 'milestones', '[]')
	  from (
		select coalesce(:body #>> '{measure,type}', 'none') as type
	  ) m
	returning id, title, description, language, measure_type, measure_text,
	          milestones, version, created_at, updated_at
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id)
	select :auth.org, 'goal_template.created', m.id, m.version, :auth.person
	  from made m
)
select m.id, m.title, m.description, m.language,
       json_build_object('type', m.measure_type,
           'text', m.measure_text) as measure,
       m.milestones, m.version, m.created_at, m.updated_at,
       '/v1/goal-templates/' || m.id as _location
  from made m
