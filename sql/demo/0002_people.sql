create temp table demo_person (
	n int, user_name text, given_name text, family_name text, language text,
	country text, team int, manager text, days int, title text
) on commit drop;

insert into demo_person values
(1, 'els', 'Els', 'Peeters', 'nl', 'BE', 1, 'an', 810, 'Customer adviser'),
(2, 'an', 'An', 'Janssens', 'nl', 'BE', 1, 'koen', 2300, 'Team leader'),
(3, 'jonas', 'Jonas', 'Maes', 'nl', 'BE', 1, 'an', 1200, 'Customer adviser'),
(4, 'amelie', 'Amélie', 'Lambert', 'fr', 'BE', 1, 'an', 640, 'Customer adviser'),
(5, 'rachid', 'Rachid', 'El Amrani', 'nl', 'BE', 1, 'an', 1530, 'Complaints specialist'),
(6, 'lore', 'Lore', 'Wouters', 'nl', 'BE', 1, 'an', 95, 'Customer adviser'),
(7, 'benoit', 'Benoît', 'Dubois', 'fr', 'BE', 1, 'an', 2800, 'Senior adviser'),
(8, 'griet', 'Griet', 'Van den Broeck', 'nl', 'BE', 1, 'an', 3100, 'Planner'),
(9, 'piet', 'Piet', 'Mertens', 'nl', 'BE', 1, 'an', 400, 'Customer adviser'),
(10, 'fatima', 'Fatima', 'Benali', 'fr', 'BE', 1, 'an', 720, 'Customer adviser'),
(11, 'bram', 'Bram', 'Claes', 'nl', 'BE', 2, 'koen', 2700, 'Team leader'),
(12, 'wim', 'Wim', 'Goossens', 'nl', 'BE', 2, 'bram', 4100, 'Machine operator'),
(13, 'karel', 'Karel', 'Willems', 'nl', 'BE', 2, 'bram', 3900, 'Machine operator'),
(14, 'sofie', 'Sofie', 'De Clercq', 'nl', 'BE', 2, 'bram', 1100, 'Quality inspector'),
(15, 'dirk', 'Dirk', 'Vermeulen', 'nl', 'BE', 2, 'bram', 5200, 'Maintenance technician'),
(16, 'hanne', 'Hanne', 'Desmet', 'nl', 'BE', 2, 'bram', 310, 'Process technician'),
(17, 'luc', 'Luc', 'Hermans', 'nl', 'BE', 2, 'bram', 6100, 'Shift coordinator'),
(18, 'julie', 'Julie', 'Simon', 'fr', 'BE', 2, 'bram', 850, 'Safety adviser'),
(19, 'tom', 'Tom', 'Jacobs', 'nl', 'BE', 2, 'bram', 1900, 'Machine operator'),
(20, 'marie', 'Marie', 'Leroy', 'fr', 'BE', 2, 'bram', 130, 'Machine operator'),
(21, 'claire', 'Claire', 'Moreau', 'fr', 'FR', 3, 'koen', 2050, 'Team leader'),
(22, 'antoine', 'Antoine', 'Lefèvre', 'fr', 'FR', 3, 'claire', 1400, 'Warehouse planner'),
(23, 'camille', 'Camille', 'Girard', 'fr', 'FR', 3, 'claire', 560, 'Transport planner'),
(24, 'hugo', 'Hugo', 'Roux', 'fr', 'FR', 3, 'claire', 220, 'Warehouse worker'),
(25, 'manon', 'Manon', 'Fournier', 'fr', 'FR', 3, 'claire', 980, 'Stock manager'),
(26, 'youssef', 'Youssef', 'Haddad', 'fr', 'FR', 3, 'claire', 1700, 'Forklift driver'),
(27, 'lea', 'Léa', 'Mercier', 'fr', 'FR', 3, 'claire', 75, 'Warehouse worker'),
(28, 'theo', 'Théo', 'Blanc', 'fr', 'FR', 3, 'claire', 1320, 'Customs declarant'),
(29, 'nathalie', 'Nathalie', 'Garnier', 'fr', 'FR', 3, 'claire', 3300, 'Purchaser'),
(30, 'pierre', 'Jean-Pierre', 'Chevalier', 'fr', 'FR', 3, 'claire', 4700, 'Driver'),
(31, 'mathieu', 'Mathieu', 'Bonnet', 'fr', 'FR', 4, 'thomas', 1850, 'Team leader'),
(32, 'ines', 'Inès', 'Faure', 'fr', 'FR', 4, 'mathieu', 430, 'Account manager'),
(33, 'lucas', 'Lucas', 'Perrin', 'fr', 'FR', 4, 'mathieu', 690, 'Account manager'),
(34, 'anja', 'Anja', 'Schäfer', 'de', 'DE', 4, 'mathieu', 1600, 'Account manager'),
(35, 'olaf', 'Olaf', 'Krüger', 'de', 'DE', 4, 'mathieu', 2400, 'Key account manager'),
(36, 'katrin', 'Katrin', 'Vogel', 'de', 'DE', 4, 'mathieu', 540, 'Sales support'),
(37, 'elodie', 'Élodie', 'Marchand', 'fr', 'FR', 4, 'mathieu', 260, 'Sales support'),
(38, 'stijn', 'Stijn', 'Aerts', 'nl', 'BE', 4, 'mathieu', 1010, 'Account manager'),
(39, 'emma', 'Emma', 'Pauwels', 'nl', 'BE', 4, 'mathieu', 150, 'Marketing specialist'),
(40, 'jurgen', 'Jürgen', 'Hoffmann', 'de', 'DE', 5, 'veerle', 2600, 'Team leader'),
(41, 'nina', 'Nina', 'Becker', 'de', 'DE', 5, 'jurgen', 1250, 'Software developer'),
(42, 'felix', 'Felix', 'Wagner', 'de', 'DE', 5, 'jurgen', 880, 'Software developer'),
(43, 'greta', 'Greta', 'Schulz', 'de', 'DE', 5, 'jurgen', 2150, 'Mechanical engineer'),
(44, 'emre', 'Emre', 'Yılmaz', 'de', 'DE', 5, 'jurgen', 480, 'Electrical engineer'),
(45, 'lena', 'Lena', 'Braun', 'de', 'DE', 5, 'jurgen', 60, 'Junior engineer'),
(46, 'stefan', 'Stefan', 'Weiß', 'de', 'DE', 5, 'jurgen', 3600, 'Test engineer'),
(47, 'miriam', 'Miriam', 'Koch', 'de', 'DE', 5, 'jurgen', 1450, 'Data analyst'),
(48, 'paul', 'Paul', 'Zimmermann', 'de', 'DE', 5, 'jurgen', 760, 'System administrator'),
(49, 'sabine', 'Sabine', 'Richter', 'de', 'DE', 5, 'jurgen', 2900, 'Technical writer'),
(50, 'pieter', 'Pieter', 'Van Damme', 'nl', 'BE', 5, 'jurgen', 340, 'Product designer'),
(51, 'hilde', 'Hilde', 'Baert', 'nl', 'BE', 6, 'veerle', 1980, 'HR manager'),
(52, 'mieke', 'Mieke', 'Segers', 'nl', 'BE', 6, 'hilde', 1150, 'Learning coordinator'),
(53, 'olivier', 'Olivier', 'Renard', 'fr', 'BE', 6, 'hilde', 620, 'HR adviser'),
(54, 'ulrike', 'Ulrike', 'Neumann', 'de', 'DE', 6, 'hilde', 930, 'HR adviser'),
(55, 'charlotte', 'Charlotte', 'Michiels', 'nl', 'BE', 6, 'hilde', 180, 'Recruiter'),
(56, 'veerle', 'Veerle', 'Lemmens', 'nl', 'BE', 7, null, 3400, 'Managing director'),
(57, 'koen', 'Koen', 'Verhoeven', 'nl', 'BE', 7, 'veerle', 2950, 'Operations director'),
(58, 'sophie', 'Sophie', 'Delvaux', 'fr', 'BE', 7, 'veerle', 1750, 'Finance director'),
(59, 'thomas', 'Thomas', 'Schneider', 'de', 'DE', 7, 'veerle', 1300, 'Commercial director'),
(60, 'roger', 'Roger', 'Cools', 'nl', 'BE', null, null, 7000, null),
(61, 'ingrid', 'Ingrid', 'Lorenz', 'de', 'DE', null, null, 5000, null);

insert into person (org_id, id, external_id, user_name, display_name,
	given_name, family_name, email, language, zone, country, active,
	joined_on, created_at, updated_at)
select '01923c1b-7100-7000-8000-000000000001',
       ('01923c1b-7100-7000-8000-000000000a' || lpad(to_hex(n), 2, '0'))::uuid,
       'E-' || 1000 + n, user_name, given_name || ' ' || family_name,
       given_name, family_name, user_name || '@demo.example', language,
       case country when 'BE' then 'Europe/Brussels'
                    when 'FR' then 'Europe/Paris'
                    else 'Europe/Berlin' end,
       country, team is not null, today() - days,
       clock() - interval '800 days' + n * interval '7 minutes',
       clock() - interval '800 days' + n * interval '7 minutes'
  from demo_person;

insert into employment (org_id, person_id, team_id, manager_id, title, during)
select p.org_id, p.id, t.id, m.id, d.title,
       daterange(case when d.user_name = 'tom' then today() - 200
                      else today() - d.days end,
                 case when d.user_name = 'hanne' then today() + 30 end)
  from demo_person d
  join person p on p.org_id = '01923c1b-7100-7000-8000-000000000001'
   and p.user_name = d.user_name
  join team t on t.org_id = p.org_id and t.external_id = 'T-' || d.team
  left join person m on m.org_id = p.org_id and m.user_name = d.manager;

insert into employment (org_id, person_id, team_id, manager_id, title, during,
	is_primary)
select p.org_id, p.id, t.id, m.id, e.title,
       daterange(today() + e.first_day, today() + e.last_day), e.is_primary
  from (values
	('tom', 'T-3', 'claire', 'Forklift driver', -1900, -200, true),
	('hanne', 'T-5', 'jurgen', 'Process engineer', 30, null, true),
	('roger', 'T-2', 'bram', 'Shift coordinator', -7000, -120, true),
	('ingrid', 'T-4', 'mathieu', 'Account manager', -5000, -45, true),
	('griet', 'T-6', 'hilde', 'Learning ambassador', -300, null, false),
	('stefan', 'T-6', 'hilde', 'Learning ambassador', -300, null, false)
  ) e(user_name, team, manager, title, first_day, last_day, is_primary)
  join person p on p.org_id = '01923c1b-7100-7000-8000-000000000001'
   and p.user_name = e.user_name
  join team t on t.org_id = p.org_id and t.external_id = e.team
  join person m on m.org_id = p.org_id and m.user_name = e.manager;

insert into person_block (org_id, blocker_id, blocked_id, created_at)
select b.org_id, b.id, o.id, clock() - p.days * interval '1 day'
  from (values ('wim', 'karel', 50), ('nina', 'olaf', 20),
               ('els', 'roger', 150), ('els', 'ingrid', 60)
  ) p(blocker, blocked, days)
  join person b on b.org_id = '01923c1b-7100-7000-8000-000000000001'
   and b.user_name = p.blocker
  join person o on o.org_id = b.org_id and o.user_name = p.blocked;

insert into hr_contact (org_id, person_id)
select p.org_id, p.id
  from person p
 where p.org_id = '01923c1b-7100-7000-8000-000000000001'
   and p.user_name = 'hilde';
