-- Where, who, whom, what, and what happened. Frozen once released: a change is a new file.

create table service_points (
  id text primary key check (id ~ '^[a-z0-9-]{1,60}$'),
  kind text not null check (kind in ('helpdesk', 'student-affairs', 'human-resources', 'porter')),
  name jsonb not null,
  campus text not null,
  address text not null,
  hours jsonb not null
);

create table staff (
  id uuid primary key default gen_random_uuid(),
  login text not null unique check (login = lower(login) and login <> ''),
  name text not null,
  password_hash text not null,
  roles text[] not null check (cardinality(roles) > 0 and roles <@ array['agent', 'porter', 'auditor', 'administrator']),
  active boolean not null default true,
  created_at timestamptz not null
);

create table staff_service_points (
  staff_id uuid not null references staff on delete cascade,
  service_point_id text not null references service_points,
  primary key (staff_id, service_point_id)
);

create table sessions (
  id uuid primary key default gen_random_uuid(),
  token_hash bytea not null unique,
  door text not null check (door in ('page', 'api')),
  staff_id uuid not null references staff on delete cascade,
  service_point_id text references service_points,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  ends_at timestamptz not null,
  revoked_at timestamptz
);
create index sessions_staff on sessions (staff_id);
create index sessions_ends_at on sessions (ends_at);

-- Tries to sign in, by a keyed hash of the login or of the client's address.
create table sign_in_tries (
  key text primary key,
  tries integer not null,
  ends_at timestamptz not null
);
create index sign_in_tries_ends_at on sign_in_tries (ends_at);

create table accounts (
  id uuid primary key default gen_random_uuid(),
  username text not null unique check (username = lower(username) and username <> ''),
  student_number text unique,
  display_name text not null check (display_name <> ''),
  folded_name text collate "C" not null,
  affiliation text not null check (affiliation in ('student', 'applicant', 'staff', 'partner', 'external', 'training')),
  status text not null check (status in ('active', 'not-yet-entitled', 'locked')),
  preferred_language text not null check (preferred_language in ('fi', 'sv', 'en')),
  birth_date date,
  updated_at timestamptz not null
);
create index accounts_folded_name on accounts (folded_name, id);

create table postcodes (
  postcode text primary key check (postcode ~ '^[0-9]{5}$'),
  town_fi text not null,
  town_sv text not null,
  municipality_code text not null,
  municipality_fi text not null,
  municipality_sv text not null,
  type_code smallint not null
);

create table postcode_register (
  one boolean primary key default true check (one),
  data_date date not null,
  source text not null,
  loaded_at timestamptz not null
);

create table slips (
  id uuid primary key default gen_random_uuid(),
  number text not null unique check (number ~ '^[2-9A-HJKMNP-Z]{3}-[2-9A-HJKMNP-Z]{3}-[2-9A-HJKMNP-Z]{3}$'),
  account_id uuid not null references accounts,
  channel text not null check (channel in ('counter', 'porter', 'registered-letter')),
  state text not null check (state in ('prepared', 'dispatched', 'at-porter', 'handed-over', 'posted', 'delivered',
    'redeemed', 'returned', 'voided', 'expired', 'locked')),
  code_hmac bytea not null check (octet_length(code_hmac) = 32),
  code_key_id text not null,
  language text not null check (language in ('fi', 'sv', 'en')),
  request_reference text,
  issued_at timestamptz not null,
  issued_by uuid not null references staff,
  service_point_id text not null references service_points,
  expires_at timestamptz not null,
  ceiling_at timestamptz not null,
  ended_at timestamptz,
  void_reason text check (void_reason in ('superseded', 'print-failed', 'lost', 'wrong-person', 'not-needed', 'suspicion', 'other')),
  replaces uuid unique references slips,
  unique (id, channel),
  check (channel = 'counter' or request_reference is not null),
  check (issued_at < expires_at and expires_at <= ceiling_at),
  check ((state = 'voided') = (void_reason is not null)),
  check ((state in ('redeemed', 'returned', 'voided', 'expired', 'locked')) = (ended_at is not null))
);
create unique index one_open_slip_per_account on slips (account_id)
  where state in ('prepared', 'dispatched', 'at-porter', 'handed-over', 'posted', 'delivered');
create index slips_account on slips (account_id, issued_at);
create index slips_issued on slips (issued_at desc, number desc);
create index slips_service_point on slips (service_point_id, issued_at desc, number desc);

create table deliveries (
  slip_id uuid primary key,
  channel text not null,
  porter_service_point_id text references service_points,
  collect_by timestamptz,
  recipient text,
  lines text[],
  postcode text,
  town text,
  country text check (country ~ '^[A-Z]{2}$'),
  tracking_number text unique,
  personal_handover boolean,
  foreign key (slip_id, channel) references slips (id, channel),
  check ((channel = 'porter') = (porter_service_point_id is not null)),
  check ((channel = 'porter') = (collect_by is not null)),
  check ((channel = 'registered-letter') = (country is not null))
);
create index deliveries_porter on deliveries (porter_service_point_id) where porter_service_point_id is not null;

-- What was looked at, never the document's number, nor a picture of it (GDPR art. 5(1)(c)).
create table identity_checks (
  id uuid primary key default gen_random_uuid(),
  slip_id uuid not null references slips,
  document_type text not null check (document_type in ('passport', 'identity-card', 'driving-licence', 'aliens-passport', 'refugee-travel-document')),
  issuing_country text not null check (issuing_country ~ '^[A-Z]{2}$'),
  valid_until date not null,
  photo_matches boolean not null check (photo_matches),
  name_matches boolean not null,
  name_reason text,
  birth_date_matches boolean check (birth_date_matches),
  checked_by uuid not null references staff,
  checked_at timestamptz not null,
  service_point_id text not null references service_points,
  unique (id, slip_id),
  check (name_matches or name_reason is not null)
);
create index identity_checks_slip on identity_checks (slip_id);

create table slip_steps (
  id bigint generated always as identity primary key,
  slip_id uuid not null references slips,
  step text not null check (step in ('issue', 'dispatch', 'receive', 'hand-over', 'return', 'post', 'deliver', 'redeem', 'void', 'expire', 'lock')),
  from_state text check (from_state in ('prepared', 'dispatched', 'at-porter', 'handed-over', 'posted', 'delivered',
    'redeemed', 'returned', 'voided', 'expired', 'locked')),
  to_state text not null check (to_state in ('prepared', 'dispatched', 'at-porter', 'handed-over', 'posted', 'delivered',
    'redeemed', 'returned', 'voided', 'expired', 'locked')),
  at timestamptz not null,
  staff_id uuid references staff,
  service_point_id text references service_points,
  identity_check_id uuid,
  note text,
  foreign key (identity_check_id, slip_id) references identity_checks (id, slip_id)
);
create index slip_steps_slip on slip_steps (slip_id, id);

-- A form's token or an API client's Idempotency-Key: a repeated request finds the slip that the first one made.
create table idempotency_keys (
  staff_id uuid not null references staff on delete cascade,
  key text not null check (length(key) <= 210),
  slip_number text not null references slips (number) deferrable initially deferred,
  created_at timestamptz not null,
  primary key (staff_id, key)
);
create index idempotency_keys_created_at on idempotency_keys (created_at);

-- One row is one leaf of the log: random ids and facts only.
create table audit_events (
  sequence bigint generated always as identity primary key,
  id uuid not null unique,
  at timestamptz not null,
  kind text not null,
  actor text not null,
  slip text,
  account uuid,
  service_point text,
  facts jsonb not null
);
create index audit_events_slip on audit_events (slip) where slip is not null;
create index audit_events_account on audit_events (account) where account is not null;
create index audit_events_kind on audit_events (kind, sequence);

-- A personal text of an event and the salt of its digest. Deleting the row forgets it; the leaf still verifies.
create table audit_texts (
  event_id uuid not null references audit_events (id),
  name text not null,
  salt bytea not null check (octet_length(salt) = 32),
  text text not null,
  primary key (event_id, name)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% on % is refused: what happened stays on record', tg_op, tg_table_name using errcode = '42501';
end
$$;
create trigger audit_events_append_only before update or delete on audit_events for each row execute function refuse_change();
create trigger audit_events_no_truncate before truncate on audit_events for each statement execute function refuse_change();
create trigger audit_texts_not_rewritten before update on audit_texts for each row execute function refuse_change();
create trigger audit_texts_no_truncate before truncate on audit_texts for each statement execute function refuse_change();
create trigger slip_steps_not_removed before delete on slip_steps for each row execute function refuse_change();
create trigger slip_steps_no_truncate before truncate on slip_steps for each statement execute function refuse_change();
alter table slip_steps enable always trigger slip_steps_not_removed;
alter table slip_steps enable always trigger slip_steps_no_truncate;
alter table audit_events enable always trigger audit_events_append_only;
alter table audit_events enable always trigger audit_events_no_truncate;
alter table audit_texts enable always trigger audit_texts_not_rewritten;
alter table audit_texts enable always trigger audit_texts_no_truncate;
