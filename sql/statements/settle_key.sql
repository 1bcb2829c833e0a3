-- Behind the operation itself: what found nothing keeps no key either.
select refuse('not_found') as _refuse
 where exists (
	select from idempotency_key k
	 where k.org_id = :auth.org and k.caller = :arg.caller
	   and k.key = :arg.key and k.answer is null)
