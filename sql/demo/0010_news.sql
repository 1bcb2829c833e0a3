-- Two forms: one that was answered, and for els to answer one while it is open.
insert into feedback_form (org_id, session_id, questions, created_at,
	updated_at)
select s.org_id, s.id, f.questions::jsonb, s.updated_at, s.updated_at
  from (values
	(5, '[{"kind": "scale", "scale_of": "usefulness", "options": [], "text": {"nl": "Hoe bruikbaar was dit uur?", "fr": "Cette heure vous a-t-elle servi ?", "en": "How useful was this hour?"}},
	 {"kind": "choice", "scale_of": null, "text": {"nl": "Wat smaakt naar meer?", "fr": "De quoi voulez-vous davantage ?", "en": "What would you like more of?"}, "options": [{"nl": "Oefenen in tweetallen", "fr": "S’exercer à deux", "en": "Practice in pairs"}, {"nl": "Voorbeelden van onze vloer", "fr": "Des exemples de chez nous", "en": "Examples from our floor"}, {"nl": "De theorie erachter", "fr": "La théorie derrière", "en": "The theory behind it"}]},
	 {"kind": "yes_no", "scale_of": null, "options": [], "text": {"nl": "Kwam iedereen aan het woord?", "fr": "Chacun a-t-il eu la parole ?", "en": "Did everybody get a turn?"}},
	 {"kind": "text", "scale_of": null, "options": [], "text": {"nl": "Wat ga je maandag anders doen?", "fr": "Que ferez-vous autrement lundi ?", "en": "What will you do differently on Monday?"}}]'),
	(35, '[{"kind": "scale", "scale_of": "pace", "options": [], "text": {"nl": "Was het tempo goed?", "fr": "Le rythme vous allait-il ?"}},
	 {"kind": "text", "scale_of": null, "options": [], "text": {"nl": "Welk lek hoor je sindsdien?", "fr": "Quelle fuite entendez-vous depuis ?"}}]')
  ) f (session, questions)
  join session s on s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and s.id = ('01923c1b-7100-7000-8000-000000000f'
	|| lpad(f.session::text, 2, '0'))::uuid;

insert into feedback_answer (org_id, id, session_id, answers)
select f.org_id,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5('answer ' || a.n), 1, 12))::uuid, f.session_id,
       jsonb_build_array(
           jsonb_build_object('question', 1, 'scale', a.useful),
           jsonb_build_object('question', 2, 'choice', a.more),
           jsonb_build_object('question', 3, 'yes_no', a.turn),
           jsonb_build_object('question', 4, 'text', a.words))
  from (values
	(1, 5, 1, true, 'Tot vijf tellen voor ik iets terugzeg.'),
	(2, 4, 2, true, 'Vragen wat iemand nodig heeft, niet wat er mis is.'),
	(3, 5, 1, true, 'Je laisserai finir la phrase, même si je connais la fin.'),
	(4, 3, 3, false, 'Het kaartje hangt al aan mijn scherm; nu nog kijken.'),
	(5, 4, 1, true, 'J’appellerai moi-même le client que j’évite.'),
	(6, 5, 2, true, 'Als het heet wordt, stel ik voor om te gaan zitten.')
  ) a (n, useful, more, turn, words)
  join feedback_form f on f.org_id = '01923c1b-7100-7000-8000-000000000001'
   and f.session_id = '01923c1b-7100-7000-8000-000000000f05';

insert into feedback_answered (org_id, session_id, person_id)
select t.org_id, t.session_id, t.person_id
  from seat t
 where t.org_id = '01923c1b-7100-7000-8000-000000000001'
   and t.session_id = '01923c1b-7100-7000-8000-000000000f05'
   and t.state = 'confirmed'
 order by t.attendance <> 'present', t.number
 limit 6;

-- Two sessions that fell through had els on their list.
insert into engagement (org_id, session_id, person_id, role, during, live,
	created_at)
select s.org_id, s.id, p.id, 'participant', s.during, false,
       s.created_at + interval '1 day'
  from session s
  join person p on p.org_id = s.org_id and p.user_name = 'els'
 where s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and s.id in ('01923c1b-7100-7000-8000-000000000f39',
	'01923c1b-7100-7000-8000-000000000f47');

insert into seat (org_id, id, session_id, person_id, state, number,
	created_at, updated_at)
select e.org_id,
       ('01923c1b-7100-7000-8000-0000000bfe'
	|| right(e.session_id::text, 2))::uuid,
       e.session_id, e.person_id, 'released', 1, e.created_at, n.at
  from engagement e
  join session s on s.org_id = e.org_id and s.id = e.session_id
 cross join lateral (
	select case s.state when 'cancelled' then s.updated_at
	            else upper(s.during) end as at
 ) n
 where e.org_id = '01923c1b-7100-7000-8000-000000000001'
   and not e.live and e.role = 'participant';

-- What sessions and seats told those involved.
insert into notification (org_id, id, person_id, kind, object_kind, object_id,
	actor_id, params, read_at, created_at, updated_at, version)
select n.org_id,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5(n.object_id::text || n.person_id || n.kind
		|| coalesce(n.actor_id::text, '')), 1, 12))::uuid,
       n.person_id, n.kind, n.object_kind, n.object_id, n.actor_id, n.params,
       r.at, n.at, coalesce(r.at, n.at), case when r.at is null then 1 else 2 end
  from (
	select e.org_id, e.person_id, 'session_facilitator_added' as kind,
	       'session' as object_kind, s.id as object_id,
	       s.host_id as actor_id, '{}'::jsonb as params,
	       e.created_at + interval '1 hour' as at
	  from engagement e
	  join session s on s.org_id = e.org_id and s.id = e.session_id
	 where e.role = 'facilitator'
	union all
	select e.org_id, e.person_id,
	       case s.state when 'polled' then 'session_polled'
	                    else 'session_confirmed' end, 'session', s.id,
	       s.host_id, '{}', s.updated_at
	  from engagement e
	  join session s on s.org_id = e.org_id and s.id = e.session_id
	 where e.role = 'facilitator' and s.state <> 'proposed'
	union all
	select t.org_id, s.host_id, 'seat_taken', 'session', s.id, t.person_id,
	       '{}', t.created_at
	  from seat t
	  join session s on s.org_id = t.org_id and s.id = t.session_id
	 where t.state = 'confirmed'
	union all
	select e.org_id, e.person_id, 'session_soon', 'session', s.id, null,
	       jsonb_build_object('starts_at', lower(s.during)),
	       lower(s.during) - interval '24 hours'
	  from engagement e
	  join session s on s.org_id = e.org_id and s.id = e.session_id
	 where e.live and s.state in ('held', 'running')
	union all
	select t.org_id, t.person_id,
	       case s.state when 'cancelled' then 'session_cancelled'
	                    else 'session_missed' end, 'session', s.id,
	       s.host_id, '{}', t.updated_at
	  from seat t
	  join session s on s.org_id = t.org_id and s.id = t.session_id
	 where t.state = 'released'
	   and s.state in ('cancelled', 'did_not_happen')
	union all
	select e.org_id, e.person_id, 'session_rescheduled', 'session', s.id,
	       s.host_id, jsonb_build_object('from_id', s.rescheduled_from),
	       s.created_at
	  from session s
	  join engagement e on e.org_id = s.org_id and e.session_id = s.id
	   and e.role = 'facilitator'
	 where s.rescheduled_from is not null
	union all
	select t.org_id, t.person_id, 'seat_offer_lapsed', 'seat', t.id, null,
	       jsonb_build_object('session_id', t.session_id), t.updated_at
	  from seat t
	 where t.state = 'lapsed'
  ) n
 cross join lateral (
	select case when n.at < clock() - interval '4 days'
	            then n.at + interval '4 hours' end as at
 ) r
 where n.org_id = '01923c1b-7100-7000-8000-000000000001'
   and n.at <= clock()
   and not exists (
	select from person p
	 where p.org_id = n.org_id and p.id = n.person_id and not p.active);
