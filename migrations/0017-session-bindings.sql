-- A session's row is bound to its token and to what it says, by a MAC under a key that is not in the database. Sessions
-- from before have no binding and end: everyone signs in again.

alter table sessions add column binding bytea check (octet_length(binding) = 32);
update sessions set revoked_at = now() where revoked_at is null;
alter table sessions add constraint session_binding check ((revoked_at is null) = (binding is not null));

comment on column sessions.binding is 'MAC over the token and this row, under SESSION_KEY. Removed when the session is ended before its time.';
