-- The last merge first: one that touches the same skills and is not undone
-- refuses, so that what the journal says is what there is.  A child that lost
-- the survivor as its parent since does not get the other one back, nor does
-- a claim come back whose owner deleted the survivor's.
select pg_advisory_xact_lock(hashtextextended('merge ' || :auth.org, 0));

select from skill s
 where s.org_id = :auth.org
   and s.id in (select unnest(m.touched)
                  from skill_merge m
                 where m.org_id = :auth.org and m.id = :path.merge_id)
 order by s.id
   for no key update;

select from skill_merge m
 where m.org_id = :auth.org and m.id = :path.merge_id
   for no key update;

select refuse(seen.problem, seen.params)
  from (
	select jsonb_build_object('merge_id', later.id,
	           'skill_id', taken.skill_id) as params,
	       case when m.id is null then 'not_found'
	            when m.undone_at is not null then 'merge_undone_already'
	            when stale(:if_match, m.version) then 'stale_version'
	            when later.id is not null then 'later_merge_first'
	            when taken.skill_id is not null then 'merge_name_taken'
	       end as problem
	  from (select) one
	  left join skill_merge m
	    on m.org_id = :auth.org and m.id = :path.merge_id
	  left join lateral (
		select o.id
		  from skill_merge o
		 where o.org_id = :auth.org and o.number > m.number
		   and o.undone_at is null
		   and (m.touched && array[o.from_id, o.into_id]
			or o.touched && array[m.from_id, m.into_id])
		 order by o.number desc
		 limit 1
	  ) later on true
	  left join lateral (
		select k.skill_id
		  from skill_label l
		  join skill_label k
		    on k.org_id = l.org_id and k.language = l.language
		   and k.normalized = l.normalized
		   and k.kind = 'preferred' and k.live
		 where l.org_id = :auth.org and l.skill_id = m.from_id
		   and l.kind = 'preferred'
		   and k.skill_id <> m.from_id
		 limit 1
	  ) taken on true
  ) seen;

select from claim c
 where c.org_id = :auth.org
   and c.id in (select e.object_id
                  from skill_merge_entry e
                 where e.org_id = :auth.org and e.merge_id = :path.merge_id
                   and e.kind in ('claim_moved', 'claim_aside'))
 order by c.id
   for no key update;

with done as (
	update claim c
	   set skill_id = m.from_id, merge_id = null,
	       state = case when e.kind = 'claim_moved' then c.state
	                    when c.valid_until < today() then 'stale'
	                    else e.body ->> 'state' end,
	       deleted_at = case when e.kind = 'claim_moved'
	                         then c.deleted_at end,
	       version = c.version + 1, updated_at = clock()
	  from skill_merge_entry e
	  join skill_merge m on m.org_id = e.org_id and m.id = e.merge_id
	 where c.org_id = :auth.org and c.id = e.object_id
	   and e.org_id = :auth.org and e.merge_id = :path.merge_id
	   and (e.kind = 'claim_moved'
		or e.kind = 'claim_aside' and c.merge_id = m.id)
	returning c.id, c.version
)
insert into outbox (org_id, event, object_id, version, actor_id, body)
select :auth.org, 'claim.updated', d.id, d.version, :auth.person,
       jsonb_build_object('changed', jsonb_build_array('skill_id'))
  from done d;

update skill s
   set alt_labels = tidy_lists((
		select coalesce(jsonb_object_agg(a.key, coalesce((
			select jsonb_agg(x.value order by x.rank)
			  from jsonb_array_elements(a.value)
			       with ordinality as x (value, rank)
			 where not exists (
				select from skill_merge_entry e
				 where e.org_id = :auth.org
				   and e.merge_id = m.id
				   and e.kind = 'label_added'
				   and e.body = jsonb_build_object(
				       'list', 'alt_labels',
				       'language', a.key, 'text', x.value))
		       ), '[]')), '{}')
		  from jsonb_each(s.alt_labels) a)),
       hidden_labels = tidy_lists((
		select coalesce(jsonb_object_agg(a.key, coalesce((
			select jsonb_agg(x.value order by x.rank)
			  from jsonb_array_elements(a.value)
			       with ordinality as x (value, rank)
			 where not exists (
				select from skill_merge_entry e
				 where e.org_id = :auth.org
				   and e.merge_id = m.id
				   and e.kind = 'label_added'
				   and e.body = jsonb_build_object(
				       'list', 'hidden_labels',
				       'language', a.key, 'text', x.value))
		       ), '[]')), '{}')
		  from jsonb_each(s.hidden_labels) a)),
       version = s.version + 1, updated_at = clock()
  from skill_merge m
 where s.org_id = :auth.org and s.id = m.into_id
   and m.org_id = :auth.org and m.id = :path.merge_id;

insert into skill_parent (org_id, skill_id, parent_id)
select :auth.org, e.object_id, m.from_id
  from skill_merge m
  join skill_merge_entry e on e.org_id = m.org_id and e.merge_id = m.id
   and e.kind = 'parent_removed'
 where m.org_id = :auth.org and m.id = :path.merge_id
   and (e.object_id = m.into_id or exists (
	select from skill_parent p
	 where p.org_id = :auth.org and p.skill_id = e.object_id
	   and p.parent_id = m.into_id))
on conflict on constraint skill_parent_key do nothing;

delete from skill_parent p
 using skill_merge m
  join skill_merge_entry e on e.org_id = m.org_id and e.merge_id = m.id
   and e.kind = 'parent_added'
 where p.org_id = :auth.org and p.skill_id = e.object_id
   and p.parent_id = m.into_id
   and m.org_id = :auth.org and m.id = :path.merge_id;

delete from skill_relation r
 using skill_merge_entry e
 where r.org_id = :auth.org
   and e.org_id = :auth.org and e.merge_id = :path.merge_id
   and e.kind = 'relation_added'
   and r.skill_id = (e.body ->> 'skill_id')::uuid
   and r.type = e.body ->> 'type'
   and r.related_id = (e.body ->> 'related_id')::uuid;

insert into skill_relation (org_id, skill_id, type, related_id)
select :auth.org, (e.body ->> 'skill_id')::uuid, e.body ->> 'type',
       (e.body ->> 'related_id')::uuid
  from skill_merge_entry e
 where e.org_id = :auth.org and e.merge_id = :path.merge_id
   and e.kind = 'relation_removed'
on conflict on constraint skill_relation_key do nothing;

update skill s
   set successor_id = m.from_id, version = s.version + 1,
       updated_at = clock()
  from skill_merge m
  join skill_merge_entry e on e.org_id = m.org_id and e.merge_id = m.id
   and e.kind = 'successor_moved'
 where s.org_id = :auth.org and s.id = e.object_id
   and s.successor_id = m.into_id
   and m.org_id = :auth.org and m.id = :path.merge_id;

update skill s
   set merged_into = m.from_id, version = s.version + 1,
       updated_at = clock()
  from skill_merge m
  join skill_merge_entry e on e.org_id = m.org_id and e.merge_id = m.id
   and e.kind = 'redirected'
 where s.org_id = :auth.org and s.id = e.object_id
   and s.merged_into = m.into_id
   and m.org_id = :auth.org and m.id = :path.merge_id;

update skill s
   set state = m.from_state, merged_into = null, version = s.version + 1,
       updated_at = clock()
  from skill_merge m
 where s.org_id = :auth.org and s.id = m.from_id
   and m.org_id = :auth.org and m.id = :path.merge_id;

delete from skill_label l
 using skill_merge m
 where l.org_id = :auth.org and l.skill_id in (m.from_id, m.into_id)
   and m.org_id = :auth.org and m.id = :path.merge_id;

insert into skill_label (org_id, skill_id, language, normalized, kind, live)
select w.org_id, w.skill_id, w.language, w.normalized, w.kind, w.live
  from skill_merge m
  join wanted_skill_label w on w.org_id = m.org_id
   and w.skill_id in (m.from_id, m.into_id)
 where m.org_id = :auth.org and m.id = :path.merge_id;

update skill s
   set parents = d.parents, relations = d.relations,
       merged_from = d.merged_from
  from skill_document d
 where s.org_id = :auth.org and d.org_id = :auth.org and d.id = s.id
   and s.id in (select unnest(m.touched)
                  from skill_merge m
                 where m.org_id = :auth.org and m.id = :path.merge_id);

update skill_merge m
   set undone_by = :auth.person, undone_at = clock(),
       version = m.version + 1, updated_at = clock()
 where m.org_id = :auth.org and m.id = :path.merge_id;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'skill.merge_undone', t.id, t.version, :auth.person,
	       jsonb_build_object('into_id', m.into_id, 'merge_id', m.id)
	  from skill_merge m
	  join skill t on t.org_id = m.org_id and t.id = m.from_id
	 where m.org_id = :auth.org and m.id = :path.merge_id
)
:as(get_skill_merge)
