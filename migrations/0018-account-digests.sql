-- Accounts are bound to the log in batches: each event `accounts-bound` has one digest over the digests of the accounts that
-- an import, a sync, a refresh or an erasure has changed. Personal values are in no event: a row's digest has a salt, which
-- goes with the personal data.

create table account_digests (
  -- As in the facts of the event.
  batch uuid not null,
  account_id uuid not null,
  salt uuid,
  digest bytea not null check (octet_length(digest) = 32),
  column_marks bytea not null check (octet_length(column_marks) = 45),
  primary key (account_id, batch)
);
comment on table account_digests is 'Append-only: the salted digest of an account as a batch of changes left it. The event of the batch binds it; erasing the holder erases the salt.';
comment on column account_digests.salt is 'Random; null once the personal data of this version of the row has been erased.';
comment on column account_digests.column_marks is 'Three bytes of a salted digest for each column, so that the verification can name the column that differs.';

-- A JSON array quotes each value, and null differs from an empty text. Times are numbers, which no time zone changes.
create function account_digest (salt uuid, account accounts) returns bytea language sql stable as $$
  select sha256(uuid_send(salt) || convert_to(jsonb_build_array(account.id, account.username, account.student_number, account.display_name,
    account.folded_name, account.affiliation, account.status, account.preferred_language, account.birth_date, account.latin_name,
    account.last_name, account.name_keys, account.index_version, extract(epoch from account.updated_at),
    extract(epoch from account.gone_at), extract(epoch from account.erased_at))::text, 'UTF8'))
$$;

create function account_column_mark (salt uuid, name text, value text) returns bytea language sql stable as $$
  select substr(sha256(uuid_send(salt) || convert_to(name || coalesce('=' || value, ''), 'UTF8')), 1, 3)
$$;
create function account_column_marks (salt uuid, account accounts) returns bytea language sql stable as $$
  select account_column_mark(salt, 'username', account.username)
    || account_column_mark(salt, 'student_number', account.student_number)
    || account_column_mark(salt, 'display_name', account.display_name)
    || account_column_mark(salt, 'folded_name', account.folded_name)
    || account_column_mark(salt, 'affiliation', account.affiliation)
    || account_column_mark(salt, 'status', account.status)
    || account_column_mark(salt, 'preferred_language', account.preferred_language)
    || account_column_mark(salt, 'birth_date', to_char(account.birth_date, 'YYYY-MM-DD'))
    || account_column_mark(salt, 'latin_name', account.latin_name)
    || account_column_mark(salt, 'last_name', account.last_name)
    || account_column_mark(salt, 'name_keys', array_to_string(account.name_keys, ' '))
    || account_column_mark(salt, 'index_version', account.index_version::text)
    || account_column_mark(salt, 'updated_at', extract(epoch from account.updated_at)::text)
    || account_column_mark(salt, 'gone_at', extract(epoch from account.gone_at)::text)
    || account_column_mark(salt, 'erased_at', extract(epoch from account.erased_at)::text)
$$;

create function refuse_all_but_salt_erasure () returns trigger language plpgsql as $$
begin
  if new.salt is not null or to_jsonb(new) - 'salt' is distinct from to_jsonb(old) - 'salt' then
    raise exception 'UPDATE on account_digests is refused: only the salt can be erased' using errcode = '42501';
  end if;
  return new;
end
$$;
create trigger account_digests_only_erase before update on account_digests for each row execute function refuse_all_but_salt_erasure();
create trigger account_digests_not_removed before delete on account_digests for each row execute function refuse_change();
create trigger account_digests_no_truncate before truncate on account_digests for each statement execute function refuse_change();
alter table account_digests enable always trigger account_digests_only_erase;
alter table account_digests enable always trigger account_digests_not_removed;
alter table account_digests enable always trigger account_digests_no_truncate;

-- The accounts as they are now, 10,000 at a time: one digest over a million would have to fit into memory.
do $$
declare
  after uuid := '00000000-0000-0000-0000-000000000000';
  batch_id uuid;
  bound record;
begin
  loop
    batch_id := gen_random_uuid();
    with page as materialized (
        select accounts as account, gen_random_uuid() as salt from accounts where id > after order by id limit 10000),
      written as (
        insert into account_digests (batch, account_id, salt, digest, column_marks)
        select batch_id, (account).id, salt, account_digest(salt, account), account_column_marks(salt, account) from page
        returning account_id, digest, column_marks)
    select count(*) as accounts, max(account_id::text)::uuid as last,
      encode(sha256(string_agg(uuid_send(account_id) || digest || column_marks, '' order by account_id)), 'base64') as digest
    into bound from written;
    exit when bound.accounts = 0;
    insert into audit_events (id, at, kind, actor, facts) values (gen_random_uuid(), now(), 'accounts-bound', 'system',
      jsonb_build_object('batch', batch_id, 'accounts', bound.accounts, 'digest', bound.digest, 'migration', 18));
    after := bound.last;
  end loop;
end
$$;

-- The service points and the postcode register as they are now. They are public, so their digests have no salt.
create function pg_temp.digest_value (value jsonb) returns text language sql as $$
  select encode(sha256(convert_to(jsonb_build_array(value)::text, 'UTF8')), 'base64')
$$;
insert into audit_events (id, at, kind, actor, facts)
select gen_random_uuid(), now(), 'service-points-loaded', 'system', jsonb_build_object('migration', 18, 'servicePoints', jsonb_object_agg(id, jsonb_build_object(
    'kind', kind, 'name', pg_temp.digest_value(name), 'campus', pg_temp.digest_value(to_jsonb(campus)), 'address', pg_temp.digest_value(to_jsonb(address)),
    'hours', pg_temp.digest_value(hours), 'location', pg_temp.digest_value(location))))
from service_points having count(*) > 0;

insert into audit_events (id, at, kind, actor, facts)
select gen_random_uuid(), now(), 'postcodes-loaded', 'system', jsonb_build_object('migration', 18, 'count', count(*), 'dataDate', to_char(data_date, 'YYYY-MM-DD'), 'source', source,
    'loadedAt', extract(epoch from loaded_at)::text,
    'digest', encode(sha256(convert_to(coalesce(string_agg(jsonb_build_array(postcode, town_fi, town_sv, municipality_code, municipality_fi, municipality_sv, type_code)::text,
      E'\n' order by postcode collate "C"), ''), 'UTF8')), 'base64'))
from postcode_register left join postcodes on true group by data_date, source, loaded_at;
drop function pg_temp.digest_value;
