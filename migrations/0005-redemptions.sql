-- The code comes back: who may redeem, wrong tries, reservations, and the passwords of the built-in directory.

-- Identity systems. Of a token only its SHA-256 is kept: it has 256 random bits of its own.
create table api_tokens (
  id uuid primary key default gen_random_uuid(),
  name text not null check (name <> '' and length(name) <= 60),
  scope text not null check (scope in ('redeem')),
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- Wrong tries by slip. An unknown user name counts under a stand-in, so that it costs the same work: the key is
-- a slip's id or one of a few stand-ins, which is why it refers to nothing.
create table code_tries (
  key uuid primary key,
  tries integer not null check (tries between 0 and 100),
  waits_until timestamptz,
  last_at timestamptz not null
);

-- A right code, taken: reserved for five minutes, then redeemed, given back, refused or left unfinished.
create table redemptions (
  id uuid primary key default gen_random_uuid(),
  slip_id uuid not null references slips,
  -- Null: the holder, on the activation page.
  token_id uuid references api_tokens,
  reserved_at timestamptz not null,
  confirm_by timestamptz not null,
  ended_at timestamptz,
  outcome text check (outcome in ('redeemed', 'released', 'refused', 'unfinished')),
  check (reserved_at < confirm_by),
  check ((ended_at is null) = (outcome is null))
);
create unique index one_reservation_per_slip on redemptions (slip_id) where ended_at is null;
create unique index one_redemption_per_slip on redemptions (slip_id) where outcome = 'redeemed';
create index redemptions_confirm_by on redemptions (confirm_by) where ended_at is null;

-- Which identity system took a step, where one did.
alter table slip_steps add column token_id uuid references api_tokens;

-- The built-in directory's own passwords, as argon2id.
create table account_passwords (
  account_id uuid primary key references accounts on delete cascade,
  password_hash text not null,
  set_at timestamptz not null
);
