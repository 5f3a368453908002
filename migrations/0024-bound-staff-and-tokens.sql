-- Events bind the rows of staff and of API tokens, so that `audit verify` names a changed one. What earlier versions did
-- not record is recorded here, once.

create function pg_temp.digest (bytes bytea) returns text language sql immutable as $$
  select translate(rtrim(encode(sha256(bytes), 'base64'), '='), '+/', '-_')
$$;

-- The state of each member of staff. Login and name are texts, each with a digest under its own salt of 32 bytes.
with member as materialized (
    select staff.*, gen_random_uuid() as event_id,
      decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex') as login_salt,
      decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex') as name_salt,
      array(select role from unnest(roles) as role order by role collate "C") as sorted_roles,
      array(select service_point_id from staff_service_points where staff_id = staff.id order by service_point_id collate "C") as service_points
    from staff),
  event as (
    insert into audit_events (id, at, kind, actor, facts)
    select event_id, now(), 'staff-changed', 'system', jsonb_build_object(
      'change', 'recorded', 'staff', id, 'roles', sorted_roles, 'servicePoints', service_points, 'active', active,
      'passwordDigest', pg_temp.digest(convert_to(password_hash, 'UTF8')), 'mustChangePassword', must_change_password,
      'passwordExpiresAt', to_char(password_expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'digests', jsonb_build_object(
        'login', pg_temp.digest(login_salt || convert_to('login', 'UTF8') || '\x00'::bytea || convert_to(login, 'UTF8')),
        'name', pg_temp.digest(name_salt || convert_to('name', 'UTF8') || '\x00'::bytea || convert_to(name, 'UTF8'))))
    from member order by created_at, id)
  insert into audit_texts (event_id, name, salt, text)
    select event_id, 'login', login_salt, login from member union all select event_id, 'name', name_salt, name from member;

-- A token's row is bound to its token and scope, by a MAC under a key that is not in the database. The server computes it
-- when it sees the token: for tokens from before, at their next use. Until then it accepts exactly the tokens that this
-- event lists, with the hash and scope that they had here. A token that no event created, or that an event revoked while
-- its row says otherwise, is not listed.
alter table api_tokens add column key_id text;
alter table api_tokens add column binding bytea check (octet_length(binding) = 32);
alter table api_tokens add constraint token_binding_key check ((key_id is null) = (binding is null));
comment on column api_tokens.binding is 'MAC over the token, id and scope, under the key of CODE_KEY that key_id names. Null until the first use after migration 0024.';

insert into audit_events (id, at, kind, actor, facts)
  select gen_random_uuid(), now(), 'tokens-recorded', 'system', jsonb_build_object('tokens', jsonb_agg(jsonb_build_object('token', id, 'digest',
    pg_temp.digest(convert_to(encode(token_hash, 'hex') || ':' || scope || ':' || case when revoked_at is null then 'active' else 'revoked' end, 'UTF8'))) order by created_at, id))
  from api_tokens where
    exists (select from audit_events where kind = 'token-created' and facts ->> 'token' = api_tokens.id::text)
    and (revoked_at is not null) = exists (select from audit_events where kind = 'token-revoked' and facts ->> 'token' = api_tokens.id::text)
  having count(*) > 0;
drop function pg_temp.digest(bytea);
