-- A document without an expiry date, and the reason why a visitor is the holder although the date of birth differs.
alter table identity_checks
  add column no_expiry boolean not null default false,
  add column birth_date_reason text;

alter table identity_checks
  drop constraint identity_checks_document,
  drop constraint identity_checks_erased,
  add constraint identity_checks_document check (erased_at is not null or (issuing_country is not null and no_expiry = (valid_until is null))),
  add constraint identity_checks_birth_date check (birth_date_matches is null or birth_date_reason is null),
  add constraint identity_checks_erased check (erased_at is null or (
    issuing_country is null and valid_until is null and not no_expiry and name_reason is null and birth_date_reason is null));

comment on column identity_checks.valid_until is 'The last day on which the document is valid; null if it has no expiry date, or after it was erased.';
comment on column identity_checks.no_expiry is 'True if the document has no expiry date. False after the details were erased.';
comment on column identity_checks.birth_date_reason is 'Why the visitor is the holder although the date of birth differs; a personal text, erased with the details.';
