select o.id, o.name, o.title, o.language, o.zone,
       o.deactivation_share_percent, o.hr_contacts, o.version, o.created_at,
       o.updated_at
  from organisation_card o
 where o.org_id = :auth.org
