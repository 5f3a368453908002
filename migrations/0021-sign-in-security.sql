-- Device cookies and known addresses at the sign-in, networks of API tokens, the position of the security log, and the
-- end of typed logins.

create table sign_in_origins (
  key text primary key check (length(key) = 43),
  last_at timestamptz not null
);
comment on table sign_in_origins is 'A successful staff sign-in from an address: a keyed hash of both, and when. Deleted after 30 days.';

create table token_networks (
  token_id uuid primary key references api_tokens (id) on delete cascade,
  network_hash text not null check (length(network_hash) = 22),
  seen_at timestamptz not null,
  reported_at timestamptz
);
comment on table token_networks is 'From which network an API token was last used, as a keyed hash, and when a change was last reported.';

create table security_log_position (
  one boolean primary key default true check (one),
  sequence bigint not null
);
comment on table security_log_position is 'One row: the last audit event that was examined for the security log. Events after it are still to be written there.';
insert into security_log_position (sequence) select coalesce(max(sequence), 0) from audit_events;

-- What was typed as a login at a failed sign-in was stored in clear for 90 days. It is erased; the events and their
-- digests remain. This event proves that the erasure was not a removal.
insert into audit_events (id, at, kind, actor, facts)
  select gen_random_uuid(), now(), 'typed-logins-erased', 'system', jsonb_build_object('texts', (
    select count(*) from audit_texts join audit_events as failed on failed.id = event_id where failed.kind = 'sign-in-failed' and name = 'login'))
  where exists (select from audit_events where kind = 'sign-in-failed');
delete from audit_texts using audit_events where audit_events.id = event_id and kind = 'sign-in-failed' and name = 'login';
