with made as (
	insert into team (org_id, id, name, parent_id)
	select distinct on (sort_name) :auth.org, team_id, spelling, parent_id
	  from incoming_team
	 where is_new
	 order by sort_name, at_row
	returning id, version
), changed as (
	update team t
	   set parent_id = i.parent_id, version = t.version + 1,
	       updated_at = clock()
	  from (select distinct team_id, parent_id from incoming_team) i
	 where t.org_id = :auth.org and t.id = i.team_id
	   and i.parent_id is not null
	   and t.parent_id is distinct from i.parent_id
	returning t.id, t.version
), told as (
	insert into outbox (org_id, event, object_id, version, body)
	select :auth.org, 'team.created', id, version, '{}'::jsonb from made
	union all
	select :auth.org, 'team.updated', id, version,
	       '{"changed": ["parent_id"]}'
	  from changed
)
select (select count(*) from made) as created,
       (select count(*) from changed) as changed
