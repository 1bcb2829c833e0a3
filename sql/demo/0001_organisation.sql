-- Everybody and everything in here is invented.
insert into organisation (id, name, title, language, zone)
values ('01923c1b-7100-7000-8000-000000000001', 'demo',
        'Hefboom demonstration (an invented organisation)', 'nl',
        'Europe/Brussels');

select set_config('hefboom.org', '01923c1b-7100-7000-8000-000000000001', true);

insert into timer (org_id, kind, object_id, due_at)
select o.id, kind, o.id, clock() + interval '1 hour'
  from organisation o,
       unnest('{purge_idempotency_keys,purge_outbox,purge_jobs,
                purge_notifications,purge_seat_links,purge_sync}'::text[]) as kind
 where o.name = 'demo';

insert into team (org_id, id, external_id, name, parent_id, created_at,
	updated_at)
select '01923c1b-7100-7000-8000-000000000001', t.id::uuid, t.external_id,
       t.name, t.parent_id::uuid, clock() - interval '900 days',
       clock() - interval '900 days'
  from (values
	('01923c1b-7100-7000-8000-000000000b07', 'T-7', 'Management', null),
	('01923c1b-7100-7000-8000-000000000b01', 'T-1', 'Customer care',
	 '01923c1b-7100-7000-8000-000000000b07'),
	('01923c1b-7100-7000-8000-000000000b02', 'T-2', 'Production',
	 '01923c1b-7100-7000-8000-000000000b07'),
	('01923c1b-7100-7000-8000-000000000b03', 'T-3', 'Logistics',
	 '01923c1b-7100-7000-8000-000000000b07'),
	('01923c1b-7100-7000-8000-000000000b04', 'T-4', 'Sales',
	 '01923c1b-7100-7000-8000-000000000b07'),
	('01923c1b-7100-7000-8000-000000000b05', 'T-5', 'Engineering',
	 '01923c1b-7100-7000-8000-000000000b07'),
	('01923c1b-7100-7000-8000-000000000b06', 'T-6', 'People and learning',
	 '01923c1b-7100-7000-8000-000000000b07')
  ) t(id, external_id, name, parent_id);
