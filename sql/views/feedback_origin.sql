-- What a session began as, whoever asks: it is copied to exchanges.
create or replace view feedback_origin with (security_invoker = true) as
select s.org_id, s.id, s.origin
  from session s;
