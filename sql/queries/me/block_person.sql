insert into person_block (org_id, blocker_id, blocked_id)
select :auth.org, me.id, p.id
  from person p
  join person me on me.org_id = p.org_id and me.id = :auth.person
 where p.org_id = :auth.org and p.id = :path.person_id
   and p.deleted_at is null
on conflict on constraint person_block_key do nothing;

select b.blocked_id as person_id, p.display_name, b.created_at
  from person_block b
  join person p on p.org_id = b.org_id and p.id = b.blocked_id
 where b.org_id = :auth.org and b.blocker_id = :auth.person
   and b.blocked_id = :path.person_id
