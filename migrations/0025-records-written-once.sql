-- Each transition writes its delivery record once, with the step, which comes last of all that is written.

-- The event of an issue is appended before its step, so the step already finds the patterns.
drop trigger audit_events_patterns on audit_events;

-- A new state comes with a step in the same transaction.
drop trigger slips_record on slips;
create trigger slips_record after update of expires_at, ended_at on slips for each row
  when (new.state = old.state) execute function record_slip();
