-- A claim that has expired is left out; of equals, the lot that was drawn for
-- each claim decides.  The skill's own look-up refuses, once and even when
-- nobody can help: a statement for it costs a tenth of the whole.
select s.id, s.person_id, s.display_name, s.level, s.can_help, s.state,
       s.note, s.updated_at, s._lot
  from (
	select c.org_id, c.id, c.person_id, c.person_name as display_name,
	       c.level, c.can_help, c.state, c.note, c.updated_at,
	       c.lot as _lot
	  from visible_claim c
	 where c.org_id = :auth.org
	   and c.skill_id = (select coalesce((
		select coalesce(m.merged_into, m.id)
		  from skill m
		 where m.org_id = :auth.org and m.id = :path.skill_id
	         ), case when refuse('not_found') is null then null::uuid end))
	   and c.deleted_at is null and c.can_help <> 'no'
	   and c.state in ('stated', 'evidenced')
  ) s
 where s.org_id = :auth.org
   /*? query.can_help */ and s.can_help = :query.can_help
   /*? query.min_level */ and s.level >= :query.min_level
   /*? query.team_id */ and s.person_id in (select e.person_id from present_employment e where e.org_id = :auth.org and e.team_id = :query.team_id)
   and :page(s)
 order by :order(s)
 limit :limit
