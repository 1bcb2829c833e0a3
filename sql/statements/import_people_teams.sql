-- Teams go by their names, whatever the spelling.
with named as (
	select spelling, min(at_row) as at_row, name_words(spelling) as sort_name
	  from (
		select team as spelling, at_row from incoming_row
		union all
		select team_parent, at_row from incoming_row
	  ) n
	 where spelling is not null
	 group by spelling
), found as (
	select distinct on (n.sort_name) n.sort_name,
	       coalesce(t.id, uuid7()) as team_id, t.id is null as is_new
	  from named n
	  left join team t
	    on t.org_id = :auth.org and t.sort_name = n.sort_name
	   and t.deleted_at is null
	 order by n.sort_name, n.at_row
), above as (
	select c.sort_name, max(p.sort_name) as parent_name
	  from incoming_row r
	  join named c on c.spelling = r.team
	  join named p on p.spelling = r.team_parent
	 group by c.sort_name
)
insert into incoming_team (spelling, at_row, sort_name, team_id, is_new,
	parent_id)
select n.spelling, n.at_row, n.sort_name, f.team_id, f.is_new, p.team_id
  from named n
  join found f on f.sort_name = n.sort_name
  left join above a on a.sort_name = n.sort_name
  left join found p on p.sort_name = a.parent_name
