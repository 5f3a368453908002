-- The signed log over audit_events: which event is which leaf, the hashes that proofs are made of, and every checkpoint.

-- No foreign key to audit_events: the log is evidence about that table and stays when a row of it goes.
create table log_leaves (
  index bigint primary key check (index >= 0),
  sequence bigint not null unique,
  event_id uuid not null,
  hash bytea not null check (octet_length(hash) = 32)
);

-- The complete subtrees of every eighth level: a proof reads at most 255 hashes for each of them.
create table log_subtrees (
  level smallint not null check (level > 0 and level % 8 = 0),
  index bigint not null check (index >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (level, index)
);

-- Two of one size differ in who signed: a key that came, or one that went.
create table log_checkpoints (
  number bigint generated always as identity primary key,
  size bigint not null check (size >= 0),
  note text not null,
  signed_at timestamptz not null
);
create index log_checkpoints_size on log_checkpoints (size);

create trigger log_leaves_append_only before update or delete on log_leaves for each row execute function refuse_change();
create trigger log_leaves_no_truncate before truncate on log_leaves for each statement execute function refuse_change();
create trigger log_subtrees_append_only before update or delete on log_subtrees for each row execute function refuse_change();
create trigger log_subtrees_no_truncate before truncate on log_subtrees for each statement execute function refuse_change();
create trigger log_checkpoints_append_only before update or delete on log_checkpoints for each row execute function refuse_change();
create trigger log_checkpoints_no_truncate before truncate on log_checkpoints for each statement execute function refuse_change();
alter table log_leaves enable always trigger log_leaves_append_only;
alter table log_leaves enable always trigger log_leaves_no_truncate;
alter table log_subtrees enable always trigger log_subtrees_append_only;
alter table log_subtrees enable always trigger log_subtrees_no_truncate;
alter table log_checkpoints enable always trigger log_checkpoints_append_only;
alter table log_checkpoints enable always trigger log_checkpoints_no_truncate;
