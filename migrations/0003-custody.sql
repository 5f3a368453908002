-- Custody: where each envelope lies, in which batch it left, what was counted at a shift's end, and the
-- alerts of codes that were tried while they were dead.

-- The steps that may be taken, as in src/slips/life.ts; a test holds the two against each other. No program,
-- however wrong, takes a slip along another way, nor out of an end.
create table slip_transitions (
  channel text not null,
  from_state text not null,
  to_state text not null,
  primary key (channel, from_state, to_state)
);
insert into slip_transitions (channel, from_state, to_state) values
  ('porter', 'prepared', 'dispatched'),
  ('porter', 'dispatched', 'at-porter'),
  ('porter', 'at-porter', 'handed-over'),
  ('porter', 'prepared', 'returned'),
  ('porter', 'dispatched', 'returned'),
  ('porter', 'at-porter', 'returned'),
  ('registered-letter', 'prepared', 'posted'),
  ('registered-letter', 'posted', 'delivered'),
  ('registered-letter', 'posted', 'returned');
insert into slip_transitions (channel, from_state, to_state)
  select channel, live, 'redeemed'
  from unnest(array['counter', 'porter', 'registered-letter']) as channel,
    unnest(array['handed-over', 'posted', 'delivered']) as live;
insert into slip_transitions (channel, from_state, to_state)
  select channel, open, ended
  from unnest(array['counter', 'porter', 'registered-letter']) as channel,
    unnest(array['prepared', 'dispatched', 'at-porter', 'handed-over', 'posted', 'delivered']) as open,
    unnest(array['voided', 'expired', 'locked']) as ended;

create function refuse_unknown_transition() returns trigger language plpgsql as $$
begin
  if new.channel <> old.channel or not exists (select 1 from slip_transitions
    where channel = old.channel and from_state = old.state and to_state = new.state) then
    raise exception 'A slip of channel % does not go from % to %', old.channel, old.state, new.state using errcode = '23514';
  end if;
  return new;
end
$$;
create trigger slips_transition before update on slips for each row
  when (new.state is distinct from old.state or new.channel is distinct from old.channel)
  execute function refuse_unknown_transition();
alter table slips enable always trigger slips_transition;

create index slips_open_until on slips (expires_at) where ended_at is null;

-- Envelopes that leave an office together for one porter's desk, with one list to sign.
create table dispatches (
  id uuid primary key default gen_random_uuid(),
  porter_service_point_id text not null references service_points,
  service_point_id text not null references service_points,
  dispatched_at timestamptz not null,
  dispatched_by uuid not null references staff
);
create index dispatches_at on dispatches (dispatched_at desc, id desc);

-- Where the paper lies, which a slip's state no longer tells once the slip has ended.
alter table deliveries
  add column envelope_at text not null default 'office'
    check (envelope_at in ('office', 'on-the-way', 'desk', 'post', 'holder', 'returned')),
  add column dispatch_id uuid references dispatches;
update deliveries set envelope_at = 'holder' where channel = 'counter';
alter table deliveries alter column envelope_at drop default;
alter table deliveries
  add check (channel = 'porter' or envelope_at not in ('on-the-way', 'desk')),
  add check (channel = 'registered-letter' or envelope_at <> 'post'),
  add check (channel <> 'counter' or envelope_at = 'holder'),
  add check (channel = 'porter' or dispatch_id is null),
  add check (envelope_at <> 'post' or tracking_number is not null),
  add check (channel = 'registered-letter' or (tracking_number is null and personal_handover is null)),
  add check (tracking_number is null or tracking_number ~ '^R[A-Z][0-9]{9}[A-Z]{2}$'),
  add check ((tracking_number is null) = (personal_handover is null));
create index deliveries_envelope on deliveries (envelope_at, porter_service_point_id) where envelope_at in ('office', 'on-the-way', 'desk', 'post');
create index deliveries_dispatch on deliveries (dispatch_id) where dispatch_id is not null;

-- No handover without a look at a document, no return without a reason.
alter table slip_steps
  add check (step <> 'hand-over' or identity_check_id is not null),
  add check (step <> 'return' or note is not null);

-- What a porter counted at the desk, beside what should lie there; the differences by number.
create table envelope_counts (
  id uuid primary key default gen_random_uuid(),
  service_point_id text not null references service_points,
  counted_at timestamptz not null,
  counted_by uuid not null references staff,
  counted integer not null check (counted >= 0),
  expected integer not null check (expected >= 0),
  missing text[] not null,
  unexpected text[] not null,
  check (counted = expected - cardinality(missing) + cardinality(unexpected))
);
create index envelope_counts_at on envelope_counts (service_point_id, counted_at desc);

-- The right code of a slip was tried while the slip was dead: somebody has opened the envelope. One row a
-- slip until an agent has dealt with it; further tries are counted.
create table code_alerts (
  id uuid primary key default gen_random_uuid(),
  slip_id uuid not null references slips,
  slip_state text not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  tries integer not null default 1 check (tries > 0),
  settled_at timestamptz,
  settled_by uuid references staff,
  check ((settled_at is null) = (settled_by is null))
);
create unique index one_open_alert_per_slip on code_alerts (slip_id) where settled_at is null;
create index code_alerts_last_at on code_alerts (last_at desc);
