-- A row that says when it starts is about the employment that starts then;
-- one that does not is about the present one.
insert into incoming_employment (at_row, person_id, employment_id, is_new,
	team_id, manager_id, title, during, is_primary)
select w.at_row, w.person_id, coalesce(e.id, uuid7()), e.id is null,
       coalesce(w.team_id, e.team_id), coalesce(w.manager_id, e.manager_id),
       coalesce(w.title, e.title),
       case when w.end_on is null and e.id is not null then e.during
            when w.end_on is null
            then daterange(coalesce(w.start_on, today()), null)
            when w.end_on >= coalesce(lower(e.during), w.start_on, today())
            then daterange(coalesce(lower(e.during), w.start_on, today()),
                           w.end_on, '[]') end,
       w.is_primary
  from (
	select r.at_row, p.person_id, t.team_id, r.title, r.start_on, r.end_on,
	       coalesce(r.is_primary, true) as is_primary,
	       coalesce(f.person_id, m.id) as manager_id
	  from incoming_row r
	  join incoming_person p on p.key = r.key
	  left join incoming_team t on t.spelling = r.team
	  left join incoming_person f on f.external_id = r.manager_external_id
	  left join person m
	    on m.org_id = :auth.org and m.external_id = r.manager_external_id
	   and m.deleted_at is null
	 where coalesce(r.team, r.manager_external_id, r.title,
	                r.start_on::text, r.end_on::text) is not null
  ) w
  left join lateral (
	select x.id, x.team_id, x.manager_id, x.title, x.during
	  from employment x
	 where x.org_id = :auth.org and x.person_id = w.person_id
	   and x.is_primary = w.is_primary
	   and (x.is_primary or x.team_id is not distinct from w.team_id)
	   and case when w.start_on is null then x.during @> today()
	            else lower(x.during) = w.start_on end
	 order by x.id
	 limit 1
  ) e on true
