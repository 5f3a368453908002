-- Delivery records as an auditor asks for them: one row a slip with all that it can be found by, in one array under one
-- index, so that any filters together cost what the rarest of them does. Kept by triggers: no program that writes a slip
-- can forget it. What is shown of a record is read from the slip itself.

create table delivery_records (
  slip_id uuid primary key references slips,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  -- When it came into its holder's hands, by the steps.
  handed_over_at timestamptz,
  -- True until the slip has ended, or its end by the clock has been written down.
  open boolean not null,
  number text not null,
  facets text[] not null
);

create index audit_events_refused on audit_events (at, sequence) where kind = 'slip-refused';
create index audit_events_refused_account on audit_events (account, at) where kind = 'slip-refused' and slip is null;

-- The rows as they should be, from the tables that they tell of. `refused`: a handover of the slip was refused, or issuing
-- one to its holder was in the day before. A test holds the table against this view.
create view delivery_records_afresh as
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
        and at between slips.issued_at - interval '1 day' and slips.issued_at) then 'refused' end
  ], null) || array(select distinct 'document:' || document_type from identity_checks where identity_checks.slip_id = slips.id order by 1) as facets
from slips
  join accounts on accounts.id = slips.account_id
  join deliveries on deliveries.slip_id = slips.id;

insert into delivery_records select * from delivery_records_afresh;

create index delivery_records_issued on delivery_records (issued_at, number);
create unique index delivery_records_number on delivery_records (number);
create index delivery_records_open on delivery_records (expires_at) where open;
-- No list of pending entries: the auditor's page would have to read it whole.
create index delivery_records_facets on delivery_records using gin (facets) with (fastupdate = off);

create function write_delivery_records (of_slips uuid[]) returns void language sql as $$
  insert into delivery_records select * from delivery_records_afresh where slip_id = any (of_slips)
  on conflict (slip_id) do update
    set expires_at = excluded.expires_at, handed_over_at = excluded.handed_over_at, open = excluded.open, facets = excluded.facets
    where (delivery_records.expires_at, delivery_records.handed_over_at, delivery_records.open, delivery_records.facets)
      is distinct from (excluded.expires_at, excluded.handed_over_at, excluded.open, excluded.facets)
$$;

-- A step comes last of all that is written of a slip: delivery, identity check and state are there.
create function record_slip_step () returns trigger language plpgsql as $$
begin perform write_delivery_records(array[new.slip_id]); return null; end
$$;
create trigger slip_steps_record after insert on slip_steps for each row execute function record_slip_step();

create function record_slip () returns trigger language plpgsql as $$
begin perform write_delivery_records(array[new.id]); return null; end
$$;
create trigger slips_record after update of state, expires_at, ended_at on slips for each row execute function record_slip();

create function record_account () returns trigger language plpgsql as $$
begin perform write_delivery_records(array(select id from slips where account_id = new.id)); return null; end
$$;
create trigger accounts_record after update of affiliation on accounts for each row
  when (new.affiliation is distinct from old.affiliation) execute function record_account();

create function record_refusal () returns trigger language plpgsql as $$
begin perform write_delivery_records(array(select id from slips where number = new.slip)); return null; end
$$;
create trigger audit_events_record after insert on audit_events for each row
  when (new.kind = 'slip-refused' and new.slip is not null) execute function record_refusal();

-- What was taken away: who, when, through which filter, and what the file was, so that it can be told apart from another.
create table record_exports (
  id uuid primary key default gen_random_uuid(),
  staff_id uuid not null references staff,
  format text not null check (format in ('csv', 'ndjson', 'json', 'xlsx', 'pdf')),
  filter jsonb not null,
  begun_at timestamptz not null,
  ended_at timestamptz,
  -- Null until the last byte was given, and for good when it was not.
  manifest jsonb,
  check (manifest is null or ended_at is not null)
);
create index record_exports_begun on record_exports (begun_at desc, id desc);
