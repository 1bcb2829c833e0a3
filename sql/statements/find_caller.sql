select org_id, person_id, active
  from find_caller(:arg.issuer, :arg.org, :arg.subject)
