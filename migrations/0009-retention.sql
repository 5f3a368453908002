-- Forgetting: what rows lose when they are forgotten, and how they say so. Numbers, states, steps, counts and the log stay.

-- An erased account keeps its random id and its affiliation, and knows nobody any more. No source of accounts can name it:
-- neither marker is a user name or a name that one may bring.
alter table accounts add column erased_at timestamptz;
alter table accounts add constraint accounts_erased_know_nobody check (erased_at is null or (
  username = 'erased:' || id and display_name = '(erased)' and folded_name = '' and student_number is null and birth_date is null
  and preferred_language = 'fi' and status = 'locked' and gone_at is not null));
alter table accounts add constraint accounts_markers_are_erased check (erased_at is not null or (
  username not like 'erased:%' and display_name <> '(erased)'));

-- The words of others about the holder, and the address, may go long before the name.
alter table slips add column texts_erased_at timestamptz;
alter table slips drop constraint slips_check;
alter table slips
  add constraint slips_request_reference check (channel = 'counter' or request_reference is not null or texts_erased_at is not null),
  add constraint slips_texts_erased check (texts_erased_at is null or (request_reference is null and ended_at is not null));
create index slips_texts_kept on slips (ended_at, id) where texts_erased_at is null;

alter table deliveries add column address_erased_at timestamptz;
alter table deliveries drop constraint deliveries_check7, drop constraint deliveries_check9;
alter table deliveries
  add constraint deliveries_post_tracking check (envelope_at <> 'post' or tracking_number is not null or address_erased_at is not null),
  add constraint deliveries_handover_known check (tracking_number is null or personal_handover is not null),
  add constraint deliveries_handover_of_letter check (personal_handover is null or tracking_number is not null or address_erased_at is not null),
  add constraint deliveries_address_erased check (address_erased_at is null or (
    recipient is null and lines is null and postcode is null and town is null and tracking_number is null));
create index deliveries_address_kept on deliveries (slip_id) where recipient is not null or tracking_number is not null;

-- Of a look at a document its kind stays, with who looked, when and where.
alter table identity_checks add column erased_at timestamptz;
alter table identity_checks drop constraint identity_checks_check;
alter table identity_checks alter column issuing_country drop not null, alter column valid_until drop not null;
alter table identity_checks
  add constraint identity_checks_document check (erased_at is not null or (issuing_country is not null and valid_until is not null)),
  add constraint identity_checks_name check (name_matches or name_reason is not null or erased_at is not null),
  add constraint identity_checks_erased check (erased_at is null or (issuing_country is null and valid_until is null and name_reason is null));

alter table slip_steps add column note_erased_at timestamptz;
alter table slip_steps drop constraint slip_steps_check1;
alter table slip_steps
  add constraint slip_steps_return_reason check (step <> 'return' or note is not null or note_erased_at is not null),
  add constraint slip_steps_note_erased check (note_erased_at is null or note is null);

create function refuse_all_but_forgetting() returns trigger language plpgsql as $$
begin
  if old.note is null or new.note is not null or new.note_erased_at is null
    or to_jsonb(new) - array['note', 'note_erased_at'] is distinct from to_jsonb(old) - array['note', 'note_erased_at'] then
    raise exception 'UPDATE on slip_steps is refused: a step stays as it was; only its note can be forgotten' using errcode = '42501';
  end if;
  return new;
end
$$;
create trigger slip_steps_only_forget before update on slip_steps for each row execute function refuse_all_but_forgetting();
alter table slip_steps enable always trigger slip_steps_only_forget;

-- Who has been erased stays erased, and was without an open slip, a password and words to be found by.
create function refuse_half_erased() returns trigger language plpgsql as $$
begin
  if old.erased_at is not null then
    raise exception 'UPDATE on accounts is refused: this account has been erased' using errcode = '42501';
  end if;
  if exists (select from slips where account_id = new.id and ended_at is null)
    or exists (select from account_passwords where account_id = new.id)
    or exists (select from account_words where account_id = new.id)
    or exists (select from account_word_pairs where account_id = new.id) then
    raise exception 'An account with an open slip, a password or words is not erased' using errcode = '23514';
  end if;
  return new;
end
$$;
create trigger accounts_erased_whole before update on accounts for each row
  when (old.erased_at is not null or new.erased_at is not null) execute function refuse_half_erased();
alter table accounts enable always trigger accounts_erased_whole;

-- After the statement: by then its foreign keys have waited for whoever is erasing the account.
create function refuse_for_erased() returns trigger language plpgsql as $$
begin
  if exists (select from fresh join accounts on accounts.id = fresh.account_id where accounts.erased_at is not null) then
    raise exception 'Nothing is added to an erased account: %', tg_table_name using errcode = '23514';
  end if;
  return null;
end
$$;
create trigger slips_not_for_erased after insert on slips referencing new table as fresh for each statement execute function refuse_for_erased();
create trigger account_words_not_for_erased after insert on account_words referencing new table as fresh for each statement execute function refuse_for_erased();
create trigger account_word_pairs_not_for_erased after insert on account_word_pairs referencing new table as fresh for each statement execute function refuse_for_erased();
create trigger account_passwords_not_for_erased after insert on account_passwords referencing new table as fresh for each statement execute function refuse_for_erased();
alter table slips enable always trigger slips_not_for_erased;
alter table account_words enable always trigger account_words_not_for_erased;
alter table account_word_pairs enable always trigger account_word_pairs_not_for_erased;
alter table account_passwords enable always trigger account_passwords_not_for_erased;

-- Whose turn it is to forget what is due: one process at a time, until it is done or has not been heard of for a while.
create table retention_turn (
  one boolean primary key default true check (one),
  held_by uuid,
  held_until timestamptz not null,
  completed_at timestamptz
);
