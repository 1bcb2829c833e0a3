delete from note n
 where n.org_id = :auth.org and n.id = :path.note_id
   and n.owner_id = :auth.person
returning n.id as _id;
