-- Names in Latin letters, and what finds and compares names across scripts and spellings.

alter table accounts
  add column latin_name text check (latin_name <> ''),
  add column last_name text check (last_name <> ''),
  add column name_keys text[] not null default '{}',
  add column index_version smallint not null default 0;
comment on column accounts.latin_name is 'The holder''s name in Latin letters, as the source of the accounts spells it.';
comment on column accounts.last_name is 'The holder''s last name, where the source has it separately. It decides which words of the name may be left out.';
comment on column accounts.name_keys is 'The consonants of the name, sorted, for each way to spell it in Latin letters. Finds accounts that may have the same name.';
comment on column accounts.index_version is 'The version of the rules by which name_keys and the search terms were made. Older ones are made again by migrate.';
create index accounts_name_keys on accounts using gin (name_keys);

alter table accounts drop constraint accounts_erased_know_nobody;
alter table accounts add constraint accounts_erased_know_nobody check (erased_at is null or (
  username = 'erased:' || id and display_name = '(erased)' and folded_name = '' and student_number is null and birth_date is null
  and latin_name is null and last_name is null and name_keys = '{}'
  and preferred_language = 'fi' and status = 'locked' and gone_at is not null));

-- The name in Latin letters that the agent entered for one slip, because the account has none.
alter table slips
  add column latin_name text,
  add column latin_name_reason text;
comment on column slips.latin_name is 'The holder''s name in Latin letters as the agent entered it, where the account has none. Erased with the other typed texts.';
comment on column slips.latin_name_reason is 'Where the spelling comes from: document, student-register, request-copy, or the agent''s words.';
alter table slips drop constraint slips_texts_erased;
alter table slips
  add constraint slips_latin_name check ((latin_name is null) = (latin_name_reason is null)),
  add constraint slips_texts_erased check (texts_erased_at is null or (request_reference is null and latin_name is null and ended_at is not null));

-- `latin-name`: the name that the agent entered differs from the transliteration of the account's name.
create or replace view delivery_records_afresh as
select slips.id as slip_id, slips.issued_at, slips.expires_at,
  (select min(at) from slip_steps where slip_steps.slip_id = slips.id and to_state in ('handed-over', 'delivered')) as handed_over_at,
  slips.ended_at is null as open,
  slips.number,
  array_remove(array[
    'channel:' || slips.channel, 'state:' || slips.state, 'affiliation:' || accounts.affiliation,
    'point:' || slips.service_point_id, 'point:' || deliveries.porter_service_point_id,
    'agent:' || slips.issued_by, 'account:' || slips.account_id,
    case when exists (select from audit_events where audit_events.slip = slips.number and kind = 'slip-refused')
      or exists (select from audit_events where audit_events.account = slips.account_id and kind = 'slip-refused' and slip is null
        and at between slips.issued_at - interval '1 day' and slips.issued_at) then 'refused' end,
    case when exists (select from slip_steps where slip_steps.slip_id = slips.id and step = 'issue' and note = 'latin-name-differs') then 'latin-name' end
  ], null) || array(select distinct 'document:' || document_type from identity_checks where identity_checks.slip_id = slips.id order by 1) as facets
from slips
  join accounts on accounts.id = slips.account_id
  join deliveries on deliveries.slip_id = slips.id;
