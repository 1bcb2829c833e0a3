select from seat s
 where s.org_id = :auth.org and s.id = :path.seat_id
   and s.person_id = :auth.person
   for no key update;

select refuse(seen.problem)
  from (
	select case when m.id is null then 'not_found'
	            when m.state not in ('held', 'confirmed', 'waiting',
	                                 'offered')
	            then 'seat_not_live'
	       end as problem
	  from (select) one
	  left join my_seat m
	    on m.org_id = :auth.org and m.id = :path.seat_id
  ) seen;

delete from seat_link l
 where l.org_id = :auth.org and l.seat_id = :path.seat_id;

with link as materialized (
	select m.id as seat_id, m.version, a.action,
	       replace(gen_random_uuid()::text || gen_random_uuid(), '-', '')
	           as token,
	       coalesce(m.expires_at, m.held_until, m.starts_at,
	                clock() + interval '30 days') as expires_at
	  from my_seat m
	 cross join lateral unnest(case m.state
		when 'offered' then array['accept', 'decline']
		when 'held' then array['confirm', 'release']
		when 'waiting' then array['decline']
		else array['release'] end) as a (action)
	 where m.org_id = :auth.org and m.id = :path.seat_id
), kept as (
	insert into seat_link (org_id, seat_id, action, version, hash,
	                       expires_at)
	select :auth.org, l.seat_id, l.action, l.version,
	       sha256(convert_to(l.token, 'UTF8')), l.expires_at
	  from link l
)
select json_agg(json_build_object('action', l.action, 'token', l.token,
           'path', '/v1/links/' || l.token, 'expires_at',
           to_char(l.expires_at at time zone 'UTC',
                   'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
           order by l.action) as links
  from link l
having count(l.token) > 0
