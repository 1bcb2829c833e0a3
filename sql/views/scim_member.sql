create or replace view scim_member with (security_invoker = true) as
select e.org_id, e.team_id as group_id, p.id as value,
       p.display_name as display
  from present_employment e
  join person p on p.org_id = e.org_id and p.id = e.person_id
   and p.deleted_at is null
  left join scim_person s
    on s.org_id = e.org_id and s.person_id = e.person_id
 where e.team_id is not null
   and not (e.is_primary and s.person_id is not null)
 group by e.org_id, e.team_id, p.org_id, p.id;
