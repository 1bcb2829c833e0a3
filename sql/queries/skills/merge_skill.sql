-- One merge at a time, since each may touch what the one before brought along;
-- then skills are locked in the order of their ids, then claims.  What follows
-- sees what rivals did.  Every change is journalled for the undoing.
select pg_advisory_xact_lock(hashtextextended('merge ' || :auth.org, 0));

select from skill s
 where s.org_id = :auth.org
   and s.id in (
	select :path.skill_id
	union
	select (:body ->> 'into_id')::uuid
	union
	select o.id
	  from skill o
	 where o.org_id = :auth.org
	   and :path.skill_id in (o.merged_into, o.successor_id)
	union
	select p.skill_id
	  from skill_parent p
	 where p.org_id = :auth.org and p.parent_id = :path.skill_id
	union
	select unnest(array[r.skill_id, r.related_id])
	  from skill_relation r
	 where r.org_id = :auth.org
	   and :path.skill_id in (r.skill_id, r.related_id))
 order by s.id
   for no key update;

select refuse(seen.problem, jsonb_build_object('into_id', seen.merged_into))
  from (
	select coalesce(f.merged_into, i.merged_into) as merged_into,
	       case when f.id is null then 'not_found'
	            when i.id is null then 'merge_target_unknown'
	            when f.id = i.id then 'skill_merge_itself'
	            when f.state = 'merged' or i.state = 'merged'
	            then 'skill_merged'
	            when i.state = 'deprecated' then 'skill_deprecated'
	            when (f.kind = 'group') <> (i.kind = 'group')
	            then 'merge_kinds_differ'
	            when stale(:if_match, f.version) then 'stale_version'
	       end as problem
	  from (select) one
	  left join skill f
	    on f.org_id = :auth.org and f.id = :path.skill_id
	  left join skill i
	    on i.org_id = :auth.org and i.id = (:body ->> 'into_id')::uuid
  ) seen;

select from claim c
 where c.org_id = :auth.org
   and c.skill_id in (:path.skill_id, (:body ->> 'into_id')::uuid)
 order by c.id
   for no key update;

insert into skill_merge (org_id, id, from_id, into_id, from_state, merged_by)
select :auth.org, :new.id, f.id, (:body ->> 'into_id')::uuid, f.state,
       :auth.person
  from skill f
 where f.org_id = :auth.org and f.id = :path.skill_id;

with live as (
	select c.id, c.person_id, c.skill_id, c.state
	  from claim c
	 where c.org_id = :auth.org
	   and c.skill_id in (:path.skill_id, (:body ->> 'into_id')::uuid)
	   and c.deleted_at is null and c.merge_id is null
	   for no key update
), choice as (
	select l.id, l.state,
	       exists (select from live o
	                where o.person_id = l.person_id
	                  and o.skill_id <> l.skill_id) as is_both
	  from live l
	 where l.skill_id = :path.skill_id
), done as (
	update claim c
	   set skill_id = case when o.is_both then c.skill_id
	                       else (:body ->> 'into_id')::uuid end,
	       merge_id = case when o.is_both then :new.id end,
	       state = case when o.is_both then 'retired' else c.state end,
	       deleted_at = case when o.is_both then clock() end,
	       version = c.version + 1, updated_at = clock()
	  from choice o
	 where c.org_id = :auth.org and c.id = o.id
	returning c.id, c.version, o.is_both, o.state
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'claim.updated', d.id, d.version, :auth.person,
	       jsonb_build_object('changed', jsonb_build_array('skill_id'))
	  from done d
)
insert into skill_merge_entry (org_id, merge_id, kind, object_id, body)
select :auth.org, :new.id,
       case when d.is_both then 'claim_aside' else 'claim_moved' end, d.id,
       case when d.is_both then jsonb_build_object('state', d.state)
            else '{}' end
  from done d;

insert into skill_merge_entry (org_id, merge_id, kind, object_id, body)
select :auth.org, :new.id, 'label_added', i.id,
       jsonb_build_object('list', l.list, 'language', l.language,
           'text', l.text)
  from skill f
  join skill i on i.org_id = f.org_id and i.id = (:body ->> 'into_id')::uuid
 cross join lateral (
	select distinct on (t.language, normalize_label(t.text))
	       t.list, t.language, t.text, t.rank
	  from (
		select 'alt_labels' as list, key as language, value as text,
		       0::bigint as rank
		  from jsonb_each_text(f.labels)
		union all
		select 'alt_labels', a.key, x.value, x.rank
		  from jsonb_each(f.alt_labels) a
		 cross join jsonb_array_elements_text(a.value)
		       with ordinality as x (value, rank)
		union all
		select 'hidden_labels', h.key, x.value, 1000 + x.rank
		  from jsonb_each(f.hidden_labels) h
		 cross join jsonb_array_elements_text(h.value)
		       with ordinality as x (value, rank)
	  ) t
	 order by t.language, normalize_label(t.text), t.rank
 ) l
 where f.org_id = :auth.org and f.id = :path.skill_id
   and not exists (
	select from skill_label k
	 where k.org_id = i.org_id and k.skill_id = i.id
	   and k.language = l.language
	   and k.normalized = normalize_label(l.text))
 order by l.list, l.language, l.rank;

update skill s
   set alt_labels = s.alt_labels || coalesce((
		select jsonb_object_agg(n.language,
		           coalesce(s.alt_labels -> n.language, '[]') || n.texts)
		  from (
			select e.body ->> 'language' as language,
			       jsonb_agg(e.body -> 'text' order by e.number)
			           as texts
			  from skill_merge_entry e
			 where e.org_id = :auth.org and e.merge_id = :new.id
			   and e.kind = 'label_added'
			   and e.body ->> 'list' = 'alt_labels'
			 group by 1
		  ) n), '{}'),
       hidden_labels = s.hidden_labels || coalesce((
		select jsonb_object_agg(n.language,
		           coalesce(s.hidden_labels -> n.language, '[]') || n.texts)
		  from (
			select e.body ->> 'language' as language,
			       jsonb_agg(e.body -> 'text' order by e.number)
			           as texts
			  from skill_merge_entry e
			 where e.org_id = :auth.org and e.merge_id = :new.id
			   and e.kind = 'label_added'
			   and e.body ->> 'list' = 'hidden_labels'
			 group by 1
		  ) n), '{}'),
       version = s.version + 1, updated_at = clock()
 where s.org_id = :auth.org and s.id = (:body ->> 'into_id')::uuid;

with gone as (
	delete from skill_parent p
	 where p.org_id = :auth.org and p.parent_id = :path.skill_id
	returning p.skill_id
)
insert into skill_merge_entry (org_id, merge_id, kind, object_id)
select :auth.org, :new.id, 'parent_removed', g.skill_id
  from gone g;

with put as (
	insert into skill_parent (org_id, skill_id, parent_id)
	select :auth.org, e.object_id, (:body ->> 'into_id')::uuid
	  from skill_merge_entry e
	 where e.org_id = :auth.org and e.merge_id = :new.id
	   and e.kind = 'parent_removed'
	   and e.object_id <> (:body ->> 'into_id')::uuid
	on conflict on constraint skill_parent_key do nothing
	returning skill_id
)
insert into skill_merge_entry (org_id, merge_id, kind, object_id)
select :auth.org, :new.id, 'parent_added', p.skill_id
  from put p;

with gone as (
	delete from skill_relation r
	 where r.org_id = :auth.org
	   and :path.skill_id in (r.skill_id, r.related_id)
	returning r.skill_id, r.type, r.related_id
)
insert into skill_merge_entry (org_id, merge_id, kind, body)
select :auth.org, :new.id, 'relation_removed',
       jsonb_build_object('skill_id', g.skill_id, 'type', g.type,
           'related_id', g.related_id)
  from gone g;

with put as (
	insert into skill_relation (org_id, skill_id, type, related_id)
	select distinct :auth.org, n.skill_id, n.type, n.related_id
	  from (
		select case when e.body ->> 'skill_id' = f.id::text
		            then f.into_id
		            else (e.body ->> 'skill_id')::uuid end as skill_id,
		       e.body ->> 'type' as type,
		       case when e.body ->> 'related_id' = f.id::text
		            then f.into_id
		            else (e.body ->> 'related_id')::uuid end
		           as related_id
		  from skill_merge_entry e
		 cross join (select :path.skill_id as id,
		                    (:body ->> 'into_id')::uuid as into_id) f
		 where e.org_id = :auth.org and e.merge_id = :new.id
		   and e.kind = 'relation_removed'
	  ) n
	 where n.skill_id <> n.related_id
	on conflict on constraint skill_relation_key do nothing
	returning skill_id, type, related_id
)
insert into skill_merge_entry (org_id, merge_id, kind, body)
select :auth.org, :new.id, 'relation_added',
       jsonb_build_object('skill_id', p.skill_id, 'type', p.type,
           'related_id', p.related_id)
  from put p;

with moved as (
	update skill s
	   set successor_id = (:body ->> 'into_id')::uuid,
	       version = s.version + 1, updated_at = clock()
	 where s.org_id = :auth.org and s.successor_id = :path.skill_id
	returning s.id
)
insert into skill_merge_entry (org_id, merge_id, kind, object_id)
select :auth.org, :new.id, 'successor_moved', m.id
  from moved m;

with moved as (
	update skill s
	   set merged_into = (:body ->> 'into_id')::uuid,
	       version = s.version + 1, updated_at = clock()
	 where s.org_id = :auth.org and s.merged_into = :path.skill_id
	returning s.id
)
insert into skill_merge_entry (org_id, merge_id, kind, object_id)
select :auth.org, :new.id, 'redirected', m.id
  from moved m;

update skill s
   set state = 'merged', merged_into = (:body ->> 'into_id')::uuid,
       version = s.version + 1, updated_at = clock()
 where s.org_id = :auth.org and s.id = :path.skill_id;

update skill_label l
   set live = false
 where l.org_id = :auth.org and l.skill_id = :path.skill_id;

insert into skill_label (org_id, skill_id, language, normalized, kind, live)
select w.org_id, w.skill_id, w.language, w.normalized, w.kind, w.live
  from wanted_skill_label w
 where w.org_id = :auth.org and w.skill_id = (:body ->> 'into_id')::uuid
on conflict on constraint skill_label_key do nothing;

update skill_merge m
   set touched = array(
	select m.from_id
	union
	select m.into_id
	union
	select e.object_id
	  from skill_merge_entry e
	 where e.org_id = :auth.org and e.merge_id = :new.id
	   and e.kind not in ('claim_moved', 'claim_aside')
	   and e.object_id is not null
	union
	select (e.body ->> k.name)::uuid
	  from skill_merge_entry e
	 cross join unnest(array['skill_id', 'related_id']) as k (name)
	 where e.org_id = :auth.org and e.merge_id = :new.id
	   and e.body ? k.name
	 order by 1)
 where m.org_id = :auth.org and m.id = :new.id;

update skill s
   set parents = d.parents, relations = d.relations,
       merged_from = d.merged_from
  from skill_document d
 where s.org_id = :auth.org and d.org_id = :auth.org and d.id = s.id
   and s.id in (select unnest(m.touched)
                  from skill_merge m
                 where m.org_id = :auth.org and m.id = :new.id);

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'skill.merged', t.id, t.version, :auth.person,
	       jsonb_build_object('into_id', t.merged_into,
	           'merge_id', :new.id)
	  from skill t
	 where t.org_id = :auth.org and t.id = :path.skill_id
)
select m.id, m.from_id, coalesce(f.labels ->> :auth.language, f.name)
           as from_label,
       m.into_id, coalesce(i.labels ->> :auth.language, i.name)
           as into_label,
       m.merged_by, m.undone_by, m.undone_at, m.version, m.created_at,
       m.updated_at, '/v1/skill-merges/' || m.id as _location
  from skill_merge m
  join skill f on f.org_id = m.org_id and f.id = m.from_id
  join skill i on i.org_id = m.org_id and i.id = m.into_id
 where m.org_id = :auth.org and m.id = :new.id
