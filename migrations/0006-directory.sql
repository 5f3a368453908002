-- The directory behind the accounts: who is gone from it, and what a pass over all of it has seen.

-- Since when it is known that the directory no longer has the account; it is locked until the directory has it again.
alter table accounts add column gone_at timestamptz;
alter table accounts add constraint accounts_gone_are_locked check (gone_at is null or status = 'locked');

-- One reading of the whole directory, and the accounts that it came upon: who is not among them is asked for by name.
create table directory_passes (
  id uuid primary key default gen_random_uuid(),
  begun_at timestamptz not null
);
create table directory_seen (
  pass_id uuid not null references directory_passes on delete cascade,
  account_id uuid not null references accounts on delete cascade,
  primary key (pass_id, account_id)
);
