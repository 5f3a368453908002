-- The HMAC of a code covers its slip, so that a code moved to another slip in the database is worthless there.
--
-- Scheme 2: key id, slip number and code. Scheme 1: the code alone; it is accepted for the slips that were open when
-- this migration ran, and for no others. Scheme 0: the code alone, of slips that had ended by then; such a code raises an
-- alert and is never accepted.

alter table slips add column code_scheme smallint check (code_scheme in (0, 1, 2));
update slips set code_scheme = case when ended_at is null then 1 else 0 end;
alter table slips alter column code_scheme set not null;
create index slips_open_code_scheme_1 on slips (number) where code_scheme = 1;

-- What scheme 2 binds by each slip's own event, this one event binds for the slips from before.
create function pg_temp.digest_codes (scheme smallint) returns text language sql stable as $$
  select translate(rtrim(encode(sha256(convert_to(coalesce(string_agg(number || ':' || code_key_id || ':' || encode(code_hmac, 'hex'), chr(10) order by number collate "C"), ''), 'UTF8')), 'base64'), '='), '+/', '-_')
  from slips where code_scheme = scheme
$$;
insert into audit_events (id, at, kind, actor, facts)
  select gen_random_uuid(), now(), 'code-scheme-changed', 'system', jsonb_build_object(
    'open', jsonb_build_object('slips', count(*) filter (where code_scheme = 1), 'digest', pg_temp.digest_codes(1::smallint)),
    'ended', jsonb_build_object('slips', count(*) filter (where code_scheme = 0), 'digest', pg_temp.digest_codes(0::smallint)))
  from slips having count(*) > 0;
drop function pg_temp.digest_codes(smallint);
