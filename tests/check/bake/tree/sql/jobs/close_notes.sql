-- Notes that nobody touched are closed.
select n.id from note n where n.org_id = :auth.org for no key update;
update note n set closed = true where n.org_id = :auth.org;
