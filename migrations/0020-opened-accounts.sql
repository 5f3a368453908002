-- Finds whether a member of staff has opened an account, or searched for holders, in the last hour. Opening an account or a
-- holder's data is recorded at most once an hour for each member of staff and account.

create index audit_events_opened on audit_events (actor, account, at)
  where kind in ('account-opened', 'holders-listed', 'holder-data-opened');
