-- Locked, so that an answer from before waits for the standbys as its write
-- did: after a crash PostgreSQL shows what they do not have yet.
select k.hash, k.answer
  from idempotency_key k
 where k.org_id = :auth.org and k.caller = :arg.caller and k.key = :arg.key
   for key share
