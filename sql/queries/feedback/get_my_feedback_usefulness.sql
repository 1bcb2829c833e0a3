select u.n >= 5 as enough,
       case when u.n >= 5 then u.median end as median,
       case when u.n >= 5 then u.did end as did
  from (
	select count(v.id) as n,
	       percentile_disc(0.5) within group (order by v.useful)::int
	           as median,
	       json_build_object(
	           'changed', count(v.id) filter (where v.did = 'changed'),
	           'will_try', count(v.id) filter (where v.did = 'will_try'),
	           'disagree', count(v.id) filter (where v.did = 'disagree'),
	           'talked', count(v.id) filter (where v.did = 'talked'))
	           as did
	  from visible_feedback v
	 where v.org_id = :auth.org and v.giver_id = :auth.person
	   and v.useful is not null
  ) u
