insert into idempotency_key (org_id, caller, key, hash)
values (:auth.org, :arg.caller, :arg.key, :arg.hash)
