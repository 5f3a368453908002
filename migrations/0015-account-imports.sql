-- Importing accounts on the pages. An uploaded file holds personal data of many people: it is unlogged, so that it is in no
-- archive of the write-ahead log, and it is deleted after the import or after an hour. A crash of the database empties both tables.

create unlogged table account_imports (
  id uuid primary key default gen_random_uuid(),
  staff_id uuid not null unique references staff (id),
  file_name text not null,
  content bytea,
  uploaded_at timestamptz not null,
  state text not null check (state in ('checking', 'encoding-unknown', 'refused', 'checked', 'importing', 'imported')),
  encoding_confirmed boolean not null default false,
  shortens_numbers boolean not null default false,
  facts jsonb,
  row_count integer,
  rows_read integer not null default 0,
  counts jsonb,
  run_id uuid,
  lease_until timestamptz,
  ended_at timestamptz,
  check ((content is null) = (state in ('imported', 'refused'))),
  check ((ended_at is null) = (state <> 'imported'))
);
comment on table account_imports is 'A file of accounts that an administrator has uploaded, at most one for each: its content until it is imported, how far the work is, and the result. Deleted after an hour.';
comment on column account_imports.encoding_confirmed is 'The administrator has confirmed that a file that is not in Unicode is in Windows-1252.';
comment on column account_imports.shortens_numbers is 'The administrator applies student numbers that lack their leading zeros.';
comment on column account_imports.facts is 'What the page shows of the file: why it is refused, sample words of an unknown encoding, its dialect and ignored columns.';
comment on column account_imports.counts is 'How many accounts are created, updated, unchanged and taken with warnings, and how many rows are rejected.';
comment on column account_imports.run_id is 'The latest check or import. A confirmation names the check that the administrator has seen.';
comment on column account_imports.lease_until is 'Until when the process that does the work is believed to be alive; it renews this with each batch.';

create unlogged table account_import_findings (
  import_id uuid not null references account_imports (id) on delete cascade,
  kind text not null check (kind in ('change', 'warning', 'rejected')),
  position bigint generated always as identity,
  findings jsonb not null,
  primary key (import_id, kind, position)
);
comment on table account_import_findings is 'What a check or an import of an uploaded file has found in one batch of rows: changes, warnings or rejected rows. Deleted with the file.';

-- A spreadsheet removes leading zeros: 12345 is searched for as 0012345 too.
create index accounts_student_number_significant on accounts (ltrim(student_number, '0')) where student_number is not null;
