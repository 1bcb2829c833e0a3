-- Who left: inactive, or deleted.
create or replace view leaver with (security_invoker = true) as
select p.org_id, p.id
  from person p
 where not p.active or p.deleted_at is not null;
