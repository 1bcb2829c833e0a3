-- One import at a time in an organisation.
select pg_advisory_xact_lock(hashtextextended('import ' || :auth.org, 0))
