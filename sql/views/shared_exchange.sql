-- Two people who took part in the same exchange.
create or replace view shared_exchange with (security_invoker = true) as
select m.org_id, m.exchange_id, m.person_id, o.person_id as other_id,
       m.happened_at
  from exchange_person m
  join exchange_person o
    on o.org_id = m.org_id and o.exchange_id = m.exchange_id
   and o.person_id <> m.person_id;
