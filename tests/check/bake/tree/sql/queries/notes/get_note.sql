select n.id, n.title, n.labels, n.version, n.created_at
  from visible_note n
 where n.org_id = :auth.org and n.id = :path.note_id;
