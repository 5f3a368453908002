-- Unusual patterns as facets of the delivery records, so that the overview counts them and the list filters by them. The
-- patterns of an issue are facts of its event, decided when the slip is issued; slips issued earlier have none of these. The
-- other two follow from the steps.

-- `pattern:redeemed-at-once`: redeemed at most 60 seconds after the issue. `pattern:one-person`: the person who issued or sent a
-- porter slip also handed it over.
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
    case when exists (select from slip_steps where slip_steps.slip_id = slips.id and step = 'issue' and note = 'latin-name-differs') then 'latin-name' end,
    case when slips.state = 'redeemed' and slips.ended_at <= slips.issued_at + interval '60 seconds' then 'pattern:redeemed-at-once' end,
    case when slips.channel = 'porter' and exists (select from slip_steps as given join slip_steps as sent on sent.slip_id = given.slip_id and sent.staff_id = given.staff_id
      where given.slip_id = slips.id and given.step = 'hand-over' and sent.step in ('issue', 'dispatch')) then 'pattern:one-person' end
  ], null)
    || array(select distinct 'document:' || document_type from identity_checks where identity_checks.slip_id = slips.id order by 1)
    || array(select 'pattern:' || pattern from audit_events, jsonb_array_elements_text(facts->'patterns') as pattern
      where audit_events.slip = slips.number and kind = 'slip-issued' and facts ? 'patterns' order by 1) as facets
from slips
  join accounts on accounts.id = slips.account_id
  join deliveries on deliveries.slip_id = slips.id;

-- The event of an issue is appended after its step.
create trigger audit_events_patterns after insert on audit_events for each row
  when (new.kind = 'slip-issued' and new.facts ? 'patterns') execute function record_refusal();

update delivery_records set facets = afresh.facets
from delivery_records_afresh as afresh
where afresh.slip_id = delivery_records.slip_id and afresh.facets <> delivery_records.facets;

-- The overview reads the rows with a pattern in its period, without the others.
create index delivery_records_patterns on delivery_records (issued_at)
  where facets && '{pattern:redeemed-at-once,pattern:one-person,pattern:many-slips,pattern:outside-hours,pattern:after-refusals}'::text[];
