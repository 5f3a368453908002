-- Passwords of staff that someone else has set. The person must change such a password at the first sign-in; a generated
-- one is valid once and for seven days. Existing members are not forced: we cannot tell who has already chosen their own.

alter table staff add column must_change_password boolean not null default false;
alter table staff add column password_expires_at timestamptz;
alter table staff add constraint staff_password_expiry check (password_expires_at is null or must_change_password);
comment on column staff.must_change_password is 'Someone else has set the password, so the person must change it after signing in and can do nothing else.';
comment on column staff.password_expires_at is 'From when a one-time password no longer opens a session: seven days after it was generated, or its first use. Null for any other password.';

-- The second administrator's confirmation: what one administrator has requested and another one must confirm.

create table confirmation_requests (
  id uuid primary key default gen_random_uuid(),
  action text not null check (action in ('assign', 'activate', 'deactivate', 'erase-holder')),
  staff_id uuid references staff (id),
  account_id uuid references accounts (id),
  payload jsonb not null,
  requested_by uuid not null references staff (id),
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  -- No foreign key to audit_events: as the log, a request stays when the row of its event goes.
  event_id uuid not null unique,
  state text not null default 'open' check (state in ('open', 'confirmed', 'declined', 'withdrawn', 'expired')),
  decided_by uuid references staff (id),
  decided_at timestamptz,
  check ((action = 'erase-holder') = (account_id is not null)),
  check ((action = 'erase-holder') = (staff_id is null)),
  check ((state = 'open') = (decided_at is null)),
  check ((decided_by is not null) = (state in ('confirmed', 'declined', 'withdrawn'))),
  check (state <> 'confirmed' or decided_by <> requested_by)
);
comment on table confirmation_requests is 'What an administrator has requested that needs another administrator''s confirmation, and how it ended. No personal text.';
comment on column confirmation_requests.staff_id is 'The member of staff concerned; null where a holder is to be erased.';
comment on column confirmation_requests.account_id is 'The account of the holder to be erased.';
comment on column confirmation_requests.payload is 'Roles, service points and the member''s state at the time of the request, or the reason of an erasure: codes and ids only.';
comment on column confirmation_requests.event_id is 'The event that binds the content of the request by a digest.';
comment on column confirmation_requests.expires_at is 'From when it can no longer be confirmed: seven days after the request.';

create unique index one_open_request_per_staff on confirmation_requests (staff_id) where state = 'open';
create unique index one_open_request_per_account on confirmation_requests (account_id) where state = 'open';
