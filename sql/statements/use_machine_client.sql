select c.org_id
  from use_machine_client(:arg.org, :arg.client::uuid, :arg.credential::uuid) c
