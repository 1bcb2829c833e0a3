select k.hash, k.answer
  from idempotency_key k
 where k.org_id = :auth.org and k.caller = :arg.caller and k.key = :arg.key
