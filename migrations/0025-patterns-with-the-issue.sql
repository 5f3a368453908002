-- The event of an issue is now appended before its step, so the delivery record that the step writes has its patterns
-- already, and is written once.
drop trigger audit_events_patterns on audit_events;
