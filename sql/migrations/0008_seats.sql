create table seat (
	org_id uuid not null,
	id uuid not null,
	session_id uuid not null,
	person_id uuid not null,
	state text not null,
	number bigint not null,
	answer text,
	attendance text,
	attendance_source text,
	held_until timestamptz,
	expires_at timestamptz,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	constraint seat_key primary key (org_id, id),
	constraint seat_session foreign key (org_id, session_id)
		references session (org_id, id),
	constraint seat_person foreign key (org_id, person_id)
		references person (org_id, id),
	constraint seat_number_once unique (org_id, session_id, number),
	constraint seat_state_known check (state in ('held', 'confirmed',
		'waiting', 'offered', 'released', 'left', 'declined', 'lapsed')),
	constraint seat_answer_length
		check (char_length(answer) between 1 and 1000),
	constraint seat_attendance_known check (attendance in ('unknown',
		'present', 'excused', 'no_show')),
	constraint seat_attendance_source_known check (attendance_source in (
		'facilitator', 'self_checkin', 'peer', 'import')),
	constraint seat_attendance_when_confirmed
		check ((attendance is not null) = (state = 'confirmed')),
	constraint seat_attendance_has_source
		check ((attendance_source is not null)
		       = (coalesce(attendance, 'unknown') <> 'unknown')),
	constraint seat_held_until_when_held
		check ((held_until is not null) = (state = 'held')),
	constraint seat_expires_when_offered
		check ((expires_at is not null) = (state = 'offered'))
);
create unique index seat_taken_already on seat (org_id, session_id, person_id)
	where state in ('held', 'confirmed', 'waiting', 'offered');
create index seat_waiting on seat (org_id, session_id, number)
	where state = 'waiting';
create index seat_by_person on seat (org_id, person_id, created_at, id);
create index seat_by_change on seat (org_id, person_id, updated_at, id);
comment on table seat is 'Somebodys place in a session, or on the way to one: waiting and offered are the waiting list.';
comment on column seat.org_id is 'personal: none; keep: until erased';
comment on column seat.id is 'personal: owner; keep: until erased';
comment on column seat.session_id is 'personal: owner; keep: until erased';
comment on column seat.person_id is 'personal: owner; keep: until erased';
comment on column seat.state is 'personal: owner; keep: until erased';
comment on column seat.number is 'personal: none; keep: until erased. Counts up in a session and never goes back: who came first.';
comment on column seat.answer is 'personal: owner; keep: until erased. To the question of the session; for whoever leads it.';
comment on column seat.attendance is 'personal: owner; keep: until erased. Null unless the seat is confirmed; never derived.';
comment on column seat.attendance_source is 'personal: owner; keep: until erased. Who said so.';
comment on column seat.held_until is 'personal: owner; keep: until erased. Set while it is held.';
comment on column seat.expires_at is 'personal: owner; keep: until erased. Set while it is offered.';
comment on column seat.version is 'personal: none; keep: until erased';
comment on column seat.created_at is 'personal: owner; keep: until erased';
comment on column seat.updated_at is 'personal: owner; keep: until erased';
alter table seat enable row level security;
create policy own_organisation on seat
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table seat_link (
	org_id uuid not null,
	id uuid not null default uuid7(),
	seat_id uuid not null,
	action text not null,
	version bigint not null,
	hash bytea not null,
	used_at timestamptz,
	expires_at timestamptz not null,
	created_at timestamptz not null default clock(),
	constraint seat_link_key primary key (org_id, id),
	constraint seat_link_seat foreign key (org_id, seat_id)
		references seat (org_id, id),
	constraint seat_link_once unique (org_id, hash),
	constraint seat_link_action_known
		check (action in ('accept', 'decline', 'confirm', 'release'))
);
create index seat_link_by_hash on seat_link (hash);
create index seat_link_by_seat on seat_link (org_id, seat_id);
create index seat_link_by_end on seat_link (org_id, expires_at);
comment on table seat_link is 'What may be done to a seat without logging in, once.';
comment on column seat_link.org_id is 'personal: none; keep: 30 days after it expired';
comment on column seat_link.id is 'personal: none; keep: 30 days after it expired';
comment on column seat_link.seat_id is 'personal: owner; keep: 30 days after it expired';
comment on column seat_link.action is 'personal: owner; keep: 30 days after it expired';
comment on column seat_link.version is 'personal: none; keep: 30 days after it expired. Of the seat; another version and the link is void.';
comment on column seat_link.hash is 'personal: owner; keep: 30 days after it expired. SHA-256 of the token, which nobody keeps.';
comment on column seat_link.used_at is 'personal: owner; keep: 30 days after it expired';
comment on column seat_link.expires_at is 'personal: owner; keep: 30 days after it expired';
comment on column seat_link.created_at is 'personal: owner; keep: 30 days after it expired';
alter table seat_link enable row level security;
create policy own_organisation on seat_link
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create function new_session_code() returns text
language sql volatile
as $$
	select string_agg(substr('ABCDEFGHJKLMNPQRSTUVWXYZ23456789',
	           get_byte(r.bytes, i) % 32 + 1, 1), '')
	  from (select uuid_send(gen_random_uuid()) as bytes) r
	 cross join generate_series(0, 5) i
$$;
comment on function new_session_code is 'Six characters, none of which is taken for another; the first six bytes of a version 4 are random.';

create table session_code (
	org_id uuid not null,
	session_id uuid not null,
	code text not null default new_session_code(),
	constraint session_code_key primary key (org_id, session_id),
	constraint session_code_session foreign key (org_id, session_id)
		references session (org_id, id) on delete cascade,
	constraint session_code_form check (code ~ '^[A-Z2-9]{6}$')
);
comment on table session_code is 'What participants of a session type to say that they are there.';
comment on column session_code.org_id is 'personal: none; keep: until erased';
comment on column session_code.session_id is 'personal: none; keep: until erased';
comment on column session_code.code is 'personal: none; keep: until erased. Shown to whoever is in the room.';
alter table session_code enable row level security;
create policy own_organisation on session_code
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create function session_add_code() returns trigger
language plpgsql
as $$
begin
	insert into session_code (org_id, session_id)
	values (new.org_id, new.id);
	return null;
end
$$;
create trigger session_add_code after insert on session
	for each row execute function session_add_code();
insert into session_code (org_id, session_id)
select s.org_id, s.id from session s;

create function offer_expiry(given_at timestamptz, starts timestamptz,
                             zone text) returns timestamptz
language plpgsql stable parallel safe
as $$
declare
	at timestamptz := given_at;
	rest interval := case
		when starts - given_at > interval '3 days' then interval '24 hours'
		when starts - given_at > interval '1 day' then interval '4 hours'
		when starts - given_at > interval '4 hours' then interval '1 hour'
		else interval '15 minutes' end;
	here timestamp;
	night timestamptz;
begin
	loop
		here := at at time zone zone;
		if here::time >= '22:00' or here::time < '07:00' then
			at := (here::date + case when here::time >= '22:00'
			                         then 1 else 0 end
			       + time '07:00') at time zone zone;
			here := at at time zone zone;
		end if;
		exit when at >= starts;
		night := (here::date + time '22:00') at time zone zone;
		exit when at + rest < night;
		rest := rest - (night - at);
		at := night;
	end loop;
	return least(at + rest, starts);
end
$$;
comment on function offer_expiry is 'The nearer the start, the shorter the term; it does not run from 22:00 to 07:00 where that person lives.';

create function seat_line(org uuid, meeting uuid)
returns table (next bigint, waits boolean)
language sql stable
as $$
	select coalesce((select max(s.number) from seat s
	                  where s.org_id = org and s.session_id = meeting), 0) + 1,
	       exists (select from seat w
	                where w.org_id = org and w.session_id = meeting
	                  and w.state = 'waiting')
$$;
comment on function seat_line is 'The number that comes next, and whether somebody waits. True as long as the session is locked.';

create function busy_elsewhere(org uuid, whom uuid, meeting uuid)
returns uuid
language sql stable
as $$
	select e.session_id
	  from session s
	  join engagement e on e.org_id = s.org_id and e.person_id = whom
	   and e.live and e.session_id <> s.id and e.during && s.during
	 where s.org_id = org and s.id = meeting
	 limit 1
$$;
comment on function busy_elsewhere is 'Another session where that person is expected at the time of this one.';

create function session_code(org uuid, meeting uuid) returns text
language sql stable
as $$
	select c.code from session_code c
	 where c.org_id = org and c.session_id = meeting
$$;

create function seat_told(org uuid, wanted uuid, actor uuid, event text)
returns void
language sql volatile
as $$
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select org, seat_told.event, s.id, s.version, actor,
	       jsonb_build_object('session_id', s.session_id, 'state', s.state)
	  from seat s
	 where s.org_id = org and s.id = wanted
$$;

create function promote_seats(org uuid, meeting uuid) returns void
language plpgsql
as $$
declare
	free bigint;
	starts timestamptz;
	known text;
	host uuid;
	head record;
	until timestamptz;
begin
	perform from session s
	  where s.org_id = org and s.id = meeting for no key update;
	select coalesce(s.capacity, 2147483647) - s.taken, lower(s.during),
	       s.state, s.host_id
	  into free, starts, known, host
	  from session s where s.org_id = org and s.id = meeting;
	if known is distinct from 'confirmed' then
		return;
	end if;
	loop
		exit when free <= 0 and starts > clock();
		select w.id, p.id as person_id, p.zone,
		       p.active and p.deleted_at is null
		       and not exists (
				select from blocked_pair b
				 where b.org_id = org and b.person_id = p.id
				   and b.other_id = host) as active
		  into head
		  from seat w
		  join person p on p.org_id = w.org_id and p.id = w.person_id
		 where w.org_id = org and w.session_id = meeting
		   and w.state = 'waiting'
		 order by w.number
		 limit 1;
		exit when not found;
		if starts <= clock() or not head.active then
			update seat set state = 'lapsed', version = version + 1,
			       updated_at = clock()
			 where org_id = org and id = head.id;
			perform seat_told(org, head.id, null, 'seat.ended');
			continue;
		end if;
		until := offer_expiry(clock(), starts, head.zone);
		update seat set state = 'offered', expires_at = until,
		       version = version + 1, updated_at = clock()
		 where org_id = org and id = head.id;
		update session set taken = taken + 1, updated_at = clock()
		 where org_id = org and id = meeting;
		insert into timer (org_id, kind, object_id, due_at)
		values (org, 'expire_offer', head.id, until)
		on conflict on constraint timer_already_set do update
		   set due_at = excluded.due_at, leased_until = null,
		       parked_at = null, attempts = 0;
		insert into notification (org_id, person_id, kind, object_kind,
		                          object_id, params)
		values (org, head.person_id, 'seat_offered', 'seat', head.id,
		        jsonb_build_object('session_id', meeting,
		                           'expires_at', until));
		perform seat_told(org, head.id, null, 'seat.offered');
		free := free - 1;
	end loop;
end
$$;
comment on function promote_seats is 'Whoever makes room in a session calls it in the same transaction: the first that wait get an offer, which keeps the seat for them. Once the session has begun nobody waits any longer.';

create function end_seat(org uuid, wanted uuid, becomes text, actor uuid)
returns void
language plpgsql
as $$
declare
	was record;
begin
	select s.session_id, s.person_id, s.state into was
	  from seat s where s.org_id = org and s.id = wanted;
	update seat
	   set state = becomes, attendance = null, attendance_source = null,
	       held_until = null, expires_at = null, version = version + 1,
	       updated_at = clock()
	 where org_id = org and id = wanted;
	update engagement set live = false
	 where org_id = org and session_id = was.session_id
	   and person_id = was.person_id and role = 'participant';
	update session set taken = taken - 1, updated_at = clock()
	 where org_id = org and id = was.session_id and was.state <> 'waiting';
	delete from timer
	 where org_id = org and object_id = wanted
	   and kind in ('expire_offer', 'expire_hold')
	   and leased_until is null;
	perform seat_told(org, wanted, actor, 'seat.ended');
end
$$;
comment on function end_seat is 'Of a live seat whose session is locked. A timer that somebody is working on deletes itself.';

create function close_seats(org uuid, meeting uuid) returns void
language plpgsql
as $$
declare
	known text;
	live record;
begin
	perform from session s
	  where s.org_id = org and s.id = meeting for no key update;
	select s.state into known
	  from session s where s.org_id = org and s.id = meeting;
	if known in ('proposed', 'polled', 'confirmed') then
		return;
	end if;
	for live in
		select s.id, s.state, s.person_id
		  from seat s
		 where s.org_id = org and s.session_id = meeting
		   and (s.state in ('held', 'waiting', 'offered')
		        or s.state = 'confirmed'
		           and known not in ('running', 'held'))
		 order by s.number
	loop
		perform end_seat(org, live.id,
			case when live.state in ('held', 'confirmed')
			     then 'released' else 'lapsed' end, null);
		insert into notification (org_id, person_id, kind, object_kind,
		                          object_id, params)
		select org, live.person_id, 'waiting_list_closed', 'seat',
		       live.id, jsonb_build_object('session_id', meeting)
		 where live.state in ('waiting', 'offered');
	end loop;
end
$$;
comment on function close_seats is 'What becomes of the seats when a session is off, runs or is over. Those who wait are told; whoever has a seat learns it from the session itself.';

create function carry_seats(org uuid, source uuid, target uuid) returns void
language plpgsql
as $$
declare
	old record;
begin
	for old in
		select s.id, s.person_id, s.state, s.number, s.answer
		  from seat s
		 where s.org_id = org and s.session_id = source
		   and s.state in ('held', 'confirmed', 'waiting', 'offered')
		 order by s.number
	loop
		perform end_seat(org, old.id,
			case when old.state in ('held', 'confirmed')
			     then 'released' else 'left' end, null);
		insert into seat (org_id, id, session_id, person_id, state,
		                  number, answer, attendance)
		values (org, uuid7(), target, old.person_id,
		        case old.state when 'confirmed' then 'confirmed'
		                       else 'waiting' end, old.number,
		        old.answer, case old.state when 'confirmed'
		                                   then 'unknown' end);
	end loop;
	perform seat_told(org, s.id, null, 'seat.created')
	   from seat s
	  where s.org_id = org and s.session_id = target;
	insert into engagement (org_id, session_id, person_id, role, during)
	select org, t.id, s.person_id, 'participant', t.during
	  from session t
	  join seat s on s.org_id = t.org_id and s.session_id = t.id
	   and s.state = 'confirmed'
	 where t.org_id = org and t.id = target
	on conflict on constraint engagement_key do nothing;
	delete from engagement e
	 where e.org_id = org and e.session_id = target
	   and e.role = 'participant'
	   and not exists (
		select from seat s
		 where s.org_id = org and s.session_id = target
		   and s.person_id = e.person_id and s.state = 'confirmed');
	update session t
	   set taken = (select count(*) from seat s
	                 where s.org_id = org and s.session_id = target
	                   and s.state = 'confirmed'), updated_at = clock()
	 where t.org_id = org and t.id = target;
	insert into timer (org_id, kind, object_id, due_at)
	select org, 'promote_seats', t.id, lower(t.during)
	  from session t
	 where t.org_id = org and t.id = target
	   and (select l.waits from seat_line(org, target) l)
	on conflict on constraint timer_already_set do nothing;
	perform promote_seats(org, target);
end
$$;
comment on function carry_seats is 'To the session that replaces another: who had a seat has one there, who waited waits there, in the same order.';

create function session_keep_seats() returns trigger
language plpgsql
as $$
declare
	successor uuid;
begin
	if new.state = 'rescheduled' then
		select s.id into successor
		  from session s
		 where s.org_id = new.org_id and s.rescheduled_from = new.id
		   and s.state = 'confirmed';
		if found then
			perform carry_seats(new.org_id, new.id, successor);
		end if;
	end if;
	if new.state = 'confirmed' then
		perform promote_seats(new.org_id, new.id);
	else
		perform close_seats(new.org_id, new.id);
	end if;
	return null;
end
$$;
comment on function session_keep_seats is 'Whatever changes a session, its seats follow in the same transaction.';
create trigger session_keep_seats after update of state, capacity on session
	for each row
	when (old.state <> new.state or old.capacity is distinct from new.capacity)
	execute function session_keep_seats();

create function act_on_seat(org uuid, wanted uuid, action text, actor uuid,
                            if_match bigint, said text) returns void
language plpgsql
as $$
declare
	meeting uuid;
	whom uuid;
	s record;
	t record;
	other uuid;
	becomes text;
begin
	select f.session_id, f.person_id into meeting, whom
	  from seat f where f.org_id = org and f.id = wanted;
	if not found then
		perform refuse('not_found');
	end if;
	perform from person p
	  where p.org_id = org and p.id = whom for no key update;
	perform from session l
	  where l.org_id = org and l.id = meeting for no key update;
	perform from seat l
	  where l.org_id = org and l.id = wanted for no key update;

	select f.state, f.version, f.answer,
	       least(f.held_until, f.expires_at) <= clock() as over
	  into s from seat f where f.org_id = org and f.id = wanted;
	select f.state, f.during, f.seat_question, exists (
			select from blocked_pair b
			 where b.org_id = org and b.person_id = whom
			   and b.other_id = f.host_id) as blocked
	  into t from session f where f.org_id = org and f.id = meeting;
	becomes := case
		when action = 'accept' and s.state = 'offered'
		     and not s.over then 'confirmed'
		when action = 'confirm' and s.state = 'held'
		     and not s.over then 'confirmed'
		when action in ('decline', 'release') and s.state = 'offered'
		then 'declined'
		when action in ('decline', 'release') and s.state = 'waiting'
		then 'left'
		when action = 'release' and s.state in ('held', 'confirmed')
		then 'released' end;
	perform refuse(case when stale(if_match, s.version)
	                    then 'stale_version'
	                    when becomes is not null then null
	                    when action in ('accept', 'decline')
	                    then 'offer_not_open'
	                    when action = 'confirm' then 'seat_not_held'
	                    else 'seat_not_live' end);
	perform refuse(case when becomes = 'confirmed' and t.blocked
	                    then 'not_found'
	                    when t.state <> 'confirmed'
	                    then 'session_not_confirmed'
	                    when becomes = 'confirmed'
	                         and t.seat_question is not null
	                         and coalesce(said, s.answer) is null
	                    then 'seat_answer_required' end);
	if becomes <> 'confirmed' then
		perform end_seat(org, wanted, becomes, actor);
		perform promote_seats(org, meeting);
		return;
	end if;

	other := busy_elsewhere(org, whom, meeting);
	perform refuse(case when other is not null then 'person_busy' end,
	               jsonb_build_object('session_id', other));
	insert into engagement (org_id, session_id, person_id, role, during)
	values (org, meeting, whom, 'participant', t.during)
	on conflict on constraint engagement_key do update
	   set live = true, during = excluded.during;
	update seat f
	   set state = 'confirmed', attendance = 'unknown',
	       answer = coalesce(said, f.answer), held_until = null,
	       expires_at = null, version = f.version + 1,
	       updated_at = clock()
	 where f.org_id = org and f.id = wanted;
	delete from timer d
	 where d.org_id = org and d.object_id = wanted
	   and d.kind in ('expire_offer', 'expire_hold')
	   and d.leased_until is null;
	perform seat_told(org, wanted, actor, 'seat.confirmed');
end
$$;
comment on function act_on_seat is 'accept, decline, confirm or release: the one place where a seat that is there changes hands, whether its owner is logged in or followed a link.';

create function expire_seat(org uuid, wanted uuid, wanted_state text)
returns void
language plpgsql
as $$
declare
	meeting uuid;
	was text;
begin
	select f.session_id into meeting
	  from seat f where f.org_id = org and f.id = wanted;
	perform from session l
	  where l.org_id = org and l.id = meeting for no key update;
	perform from seat l
	  where l.org_id = org and l.id = wanted for no key update;
	select f.state into was
	  from seat f
	 where f.org_id = org and f.id = wanted and f.state = wanted_state
	   and least(f.held_until, f.expires_at) <= clock();
	if was is null then
		return;
	end if;
	perform end_seat(org, wanted, case was when 'held' then 'released'
	                                     else 'lapsed' end, null);
	insert into notification (org_id, person_id, kind, object_kind,
	                          object_id, params)
	select org, f.person_id, 'seat_offer_lapsed', 'seat', f.id,
	       jsonb_build_object('session_id', meeting)
	  from seat f
	 where f.org_id = org and f.id = wanted and was = 'offered';
	perform promote_seats(org, meeting);
end
$$;
comment on function expire_seat is 'What time does to a seat that is held or offered.';

create function enter_link(token text) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
	link record;
begin
	if nullif(current_setting('hefboom.org', true), '') is not null then
		return null;
	end if;
	select l.org_id, l.id, s.person_id into link
	  from seat_link l
	  join seat s on s.org_id = l.org_id and s.id = l.seat_id
	  join person p on p.org_id = s.org_id and p.id = s.person_id
	 where l.hash = sha256(convert_to(token, 'UTF8'))
	   and p.active and p.deleted_at is null;
	if found then
		perform set_config('hefboom.org', link.org_id::text, true),
		        set_config('hefboom.person', link.person_id::text, true),
		        set_config('hefboom.link', link.id::text, true);
	end if;
	return link.id;
end
$$;
comment on function enter_link is 'Who holds a token comes in as the person of its seat, for this transaction, and only where nobody has come in before.';

create function read_link()
returns table (action text, open boolean, state text, session_title text,
               session_state text, starts_at timestamptz,
               ends_at timestamptz, zone text, person_name text,
               seat_question text, expires_at timestamptz)
language sql stable
as $$
	select l.action, l.used_at is null and l.expires_at > clock()
	                 and l.version = s.version,
	       s.state, t.title, t.state, lower(t.during), upper(t.during),
	       t.zone, p.display_name, t.seat_question, l.expires_at
	  from seat_link l
	  join seat s on s.org_id = l.org_id and s.id = l.seat_id
	  join session t on t.org_id = s.org_id and t.id = s.session_id
	  join person p on p.org_id = s.org_id and p.id = s.person_id
	 where l.org_id = nullif(current_setting('hefboom.org', true), '')::uuid
	   and l.id = nullif(current_setting('hefboom.link', true), '')::uuid
$$;
comment on function read_link is 'The link that this transaction came in by.';

create function use_link(said text) returns void
language plpgsql
as $$
declare
	org constant uuid :=
		nullif(current_setting('hefboom.org', true), '')::uuid;
	whom constant uuid :=
		nullif(current_setting('hefboom.person', true), '')::uuid;
	l record;
begin
	select f.id, f.seat_id, f.action, f.version into l
	  from seat_link f
	 where f.org_id = org
	   and f.id = nullif(current_setting('hefboom.link', true), '')::uuid
	   and f.used_at is null and f.expires_at > clock();
	if not found then
		perform refuse('link_over');
	end if;
	perform act_on_seat(org, l.seat_id, l.action, whom, l.version, said);
	update seat_link set used_at = clock()
	 where org_id = org and id = l.id;
exception when sqlstate 'HB000' then
	if sqlerrm = 'stale_version' then
		perform refuse('link_over');
	end if;
	raise;
end
$$;
comment on function use_link is 'What the link says is done once: it changes the version that the link was made for, which decides under the locks.';
