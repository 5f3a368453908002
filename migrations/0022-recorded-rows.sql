-- What events record from now on, `rows-recorded` events record for the rows from before.

-- Checkpoints are numbered without a gap from now on, so that a removed one is noticed: the sealer takes the next number
-- under its lock. One digest covers the earlier ones.
alter table log_checkpoints alter column number drop identity;

insert into audit_events (id, at, kind, actor, facts)
  select gen_random_uuid(), now(), 'rows-recorded', 'system', jsonb_build_object('table', 'log_checkpoints', 'last', max(number),
    'digest', encode(sha256(string_agg(sha256(convert_to(number || ':' || size || ':' || note, 'UTF8')), ''::bytea order by number)), 'hex'))
  from log_checkpoints having count(*) > 0;

-- The columns of a slip that its events did not record. They are stored as they are for open slips, whose end a handover
-- changes, and as a digest of 12 bytes for the others: 500 slips to an event.
create function pg_temp.iso (moment timestamptz) returns text language sql immutable as $$
  select to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
create temporary table earlier_slips on commit drop as
  select number, slips.ended_at is null as is_open, (row_number() over (order by number collate "C") - 1) / 500 as batch,
    jsonb_build_object('expiresAt', pg_temp.iso(expires_at), 'ceilingAt', pg_temp.iso(ceiling_at), 'language', language,
      'replaces', (select number from slips as replaced where replaced.id = slips.replaces), 'collectBy', pg_temp.iso(collect_by),
      'checks', (select jsonb_object_agg(identity_checks.id, jsonb_build_array(birth_date_matches, pg_temp.iso(checked_at))) from identity_checks where identity_checks.slip_id = slips.id)) as recorded
  from slips join deliveries on deliveries.slip_id = slips.id;
insert into audit_events (id, at, kind, actor, facts)
  select gen_random_uuid(), now(), 'rows-recorded', 'system', jsonb_build_object('table', 'slips', 'rows', jsonb_object_agg(number, case when is_open then recorded
    else to_jsonb(encode(substring(sha256(convert_to(number || recorded::text, 'UTF8')) from 1 for 12), 'base64')) end))
  from earlier_slips group by batch order by batch;
drop table earlier_slips;
drop function pg_temp.iso(timestamptz);
