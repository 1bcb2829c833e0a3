select o.id, o.name, o.title, o.language, o.zone, o.version, o.created_at,
       o.updated_at
  from organisation o
 where o.id = :auth.org
