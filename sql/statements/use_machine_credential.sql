select c.org_id, c.org, c.client_id, c.credential_id, c.scopes,
       extract(epoch from c.expires_at - clock())::bigint as left_s
  from use_machine_credential(:arg.kind, :arg.hash::bytea) c
