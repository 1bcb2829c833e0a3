-- What a row alone cannot tell: the first faults, by row.
with several as (
	select v.at_row, v.key, v.name, v.value,
	       first_value(v.value) over same as first_value,
	       first_value(v.at_row) over same as first_row
	  from (
		select r.at_row, r.key, f.name, f.value
		  from incoming_row r,
		       lateral (values ('user_name', r.user_name),
		                ('given_name', r.given_name),
		                ('family_name', r.family_name),
		                ('email', r.email), ('language', r.language),
		                ('zone', r.zone), ('country', r.country),
		                ('active', r.active::text)) f(name, value)
		 where f.value is not null and r.key in (
			select key from incoming_row group by key
			having count(*) > 1
		 )
	  ) v
	window same as (partition by v.key, v.name order by v.at_row)
), overlapping as (
	select e.at_row, o.at_row as other_row
	  from incoming_employment e
	  join incoming_employment o
	    on o.person_id = e.person_id and o.at_row < e.at_row
	   and o.is_primary and o.during && e.during
	 where e.is_primary and o.employment_id <> e.employment_id
)
select at_row, fault
  from (
	select at_row, 'external_id and user_name are both empty' as fault
	  from incoming_row
	 where key is null
	union all
	select at_row, format('zone ''%s'' is no IANA time zone', zone)
	  from incoming_row
	 where zone not in (select name from pg_timezone_names)
	    or zone like 'posix%'
	union all
	select at_row,
	       'user_name is empty, and nobody has this external_id yet'
	  from incoming_person
	 where is_new and user_name is null
	union all
	select at_row, 'given_name and family_name are both empty, and it is'
	       ' somebody new'
	  from incoming_person
	 where is_new and given_name is null and family_name is null
	union all
	select at_row, format('%s differs from row %s, which is about the same'
	                      ' person', name, first_row)
	  from several
	 where value <> first_value
	union all
	select p.at_row, format('user_name ''%s'' is also row %s''s',
	                        p.user_name, o.at_row)
	  from incoming_person p
	  join incoming_person o
	    on lower(o.user_name) = lower(p.user_name) and o.at_row < p.at_row
	union all
	select p.at_row, format('it is the same person as row %s', o.at_row)
	  from incoming_person p
	  join incoming_person o
	    on o.person_id = p.person_id and o.at_row < p.at_row
	union all
	select p.at_row, format('user_name ''%s'' is somebody else''s',
	                        p.user_name)
	  from incoming_person p
	  join person x
	    on x.org_id = :auth.org and lower(x.user_name) = lower(p.user_name)
	 where x.id <> p.person_id
	   and x.id not in (select person_id from incoming_person)
	union all
	select r.at_row, format('manager_external_id ''%s'' is nobody in this'
	                        ' file or the organisation',
	                        r.manager_external_id)
	  from incoming_row r
	 where r.manager_external_id is not null
	   and not exists (select from incoming_person p
	                    where p.external_id = r.manager_external_id)
	   and not exists (select from person p
	                    where p.org_id = :auth.org
	                      and p.external_id = r.manager_external_id
	                      and p.deleted_at is null)
	union all
	select at_row, 'nobody is their own manager'
	  from incoming_employment
	 where manager_id = person_id
	union all
	select at_row, 'team_parent is given, but no team'
	  from incoming_row
	 where team is null and team_parent is not null
	union all
	select r.at_row, format('team ''%s'' has another team_parent in another'
	                        ' row', r.team)
	  from incoming_row r
	  join incoming_team t on t.spelling = r.team
	  join incoming_team p on p.spelling = r.team_parent
	 where p.team_id <> t.parent_id
	union all
	select r.at_row, format('team ''%s'' is its own team_parent', r.team)
	  from incoming_row r
	  join incoming_team t on t.spelling = r.team
	  join incoming_team p on p.spelling = r.team_parent
	 where p.team_id = t.team_id
	union all
	select at_row, 'end_on is before the start'
	  from incoming_employment
	 where during is null
	union all
	select e.at_row, format('it is the same employment as row %s', o.at_row)
	  from incoming_employment e
	  join incoming_employment o
	    on o.person_id = e.person_id and o.at_row < e.at_row
	   and o.is_primary = e.is_primary
	 where o.employment_id = e.employment_id
	    or not e.is_primary and o.team_id is not distinct from e.team_id
	       and lower(o.during) = lower(e.during)
	union all
	select at_row, format('it is primary at the same time as row %s',
	                      other_row)
	  from overlapping
	union all
	select e.at_row, format('it is primary at the same time as an employment'
	                        ' that starts on %s', lower(x.during))
	  from incoming_employment e
	  join employment x
	    on x.org_id = :auth.org and x.person_id = e.person_id
	   and x.is_primary and x.during && e.during
	   and lower(x.during) >= lower(e.during)
	 where e.is_primary
	   and x.id not in (select employment_id from incoming_employment)
  ) f
 order by at_row, fault
 limit :arg.limit::bigint
