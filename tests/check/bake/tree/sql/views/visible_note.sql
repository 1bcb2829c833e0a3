create or replace view visible_note with (security_invoker = true) as
select n.org_id, n.id, n.title, n.labels, n.version, n.created_at, n.closed
  from note n;
