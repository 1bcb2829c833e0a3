delete from skill_label l
 where l.org_id = :auth.org
   and l.skill_id in (select w.skill_id from incoming_wanted w
                       where w.is_changed and w.fate <> 'new');

insert into skill_label (org_id, skill_id, language, normalized, kind, live)
select n.org_id, n.skill_id, n.language, n.normalized, n.kind, n.live
  from incoming_wanted w
  join wanted_skill_label n
    on n.org_id = :auth.org and n.skill_id = w.skill_id
 where w.is_changed;

insert into skill_name (org_id, skill_id, language, sort)
select n.org_id, n.skill_id, n.language, n.sort
  from incoming_wanted w
  join wanted_skill_name n
    on n.org_id = :auth.org and n.skill_id = w.skill_id
 where w.is_changed
on conflict on constraint skill_name_key do update
   set sort = excluded.sort
 where skill_name.sort <> excluded.sort
