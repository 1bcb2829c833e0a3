-- What the organisation arranged itself (edited) stays; where it merged, the
-- survivor stands in, and what a merge brought along is kept.
create temp table incoming_parent on commit drop as
select distinct c.skill_id, p.survivor_id as parent_id
  from incoming_broader b
  join incoming_skill c on c.uri = b.uri
   and c.fate in ('new', 'adopted', 'known')
   and 'parents' <> all (c.edited)
  join incoming_skill p on p.uri = b.parent_uri
   and p.survivor_id <> c.skill_id;

create temp table incoming_link on commit drop as
select f.survivor_id as skill_id,
       case r.type when 'essential' then 'requires'
                   else 'helped_by' end as type,
       t.survivor_id as related_id
  from incoming_relation r
  join incoming_skill f on f.uri = r.uri
  join incoming_skill t on t.uri = r.related_uri
   and t.survivor_id <> f.survivor_id
 where r.type in ('essential', 'optional')
union
select coalesce(s.merged_into, s.id), e.body ->> 'type',
       coalesce(o.merged_into, o.id)
  from skill_merge_entry e
  join skill_merge m on m.org_id = e.org_id and m.id = e.merge_id
   and m.undone_at is null
  join skill s on s.org_id = e.org_id
   and s.id = (e.body ->> 'skill_id')::uuid
  join skill o on o.org_id = e.org_id
   and o.id = (e.body ->> 'related_id')::uuid
 where e.org_id = :auth.org and m.org_id = :auth.org
   and s.org_id = :auth.org and o.org_id = :auth.org
   and e.kind = 'relation_added';

analyze incoming_parent, incoming_link;

with gone as (
	delete from skill_parent p
	 using incoming_skill i
	 where p.org_id = :auth.org and p.skill_id = i.skill_id
	   and i.fate in ('adopted', 'known')
	   and 'parents' <> all (i.edited)
	   and not exists (
		select from incoming_parent n
		 where n.skill_id = p.skill_id and n.parent_id = p.parent_id)
	returning p.skill_id
), put as (
	insert into skill_parent (org_id, skill_id, parent_id)
	select :auth.org, n.skill_id, n.parent_id
	  from incoming_parent n
	 where not exists (
		select from skill_parent p
		 where p.org_id = :auth.org and p.skill_id = n.skill_id
		   and p.parent_id = n.parent_id)
	returning skill_id
), less as (
	delete from skill_relation r
	 using incoming_skill i
	 where r.org_id = :auth.org and r.skill_id = i.skill_id
	   and i.fate in ('adopted', 'known')
	   and 'relations' <> all (i.edited) and r.type <> 'similar'
	   and not exists (
		select from incoming_link n
		 where n.skill_id = r.skill_id and n.type = r.type
		   and n.related_id = r.related_id)
	returning r.skill_id
), more as (
	insert into skill_relation (org_id, skill_id, type, related_id)
	select :auth.org, n.skill_id, n.type, n.related_id
	  from incoming_link n
	  join incoming_skill i on i.skill_id = n.skill_id
	   and i.fate in ('new', 'adopted', 'known')
	   and 'relations' <> all (i.edited)
	on conflict on constraint skill_relation_key do nothing
	returning skill_id
), touched as (
	select g.skill_id from gone g
	union
	select p.skill_id from put p
	union
	select l.skill_id from less l
	union
	select m.skill_id from more m
)
update incoming_wanted w
   set is_changed = true
  from touched t
 where w.skill_id = t.skill_id and not w.is_changed;

select count(*) from incoming_wanted w where w.is_changed
