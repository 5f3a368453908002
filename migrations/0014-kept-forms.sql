-- A form that was sent after its session had ended is kept for some minutes, until the same person has signed in again
-- at the same service point.

create table kept_forms (
  session_id uuid primary key references sessions (id) on delete cascade,
  -- Null: the form was sent before a service point was chosen.
  service_point_id text references service_points (id),
  route text not null check (length(route) between 1 and 200),
  params text not null check (octet_length(params) <= 65536),
  body text not null check (octet_length(body) <= 65536),
  kept_until timestamptz not null
);

comment on table kept_forms is 'What someone had typed into a form whose session had ended. At most 15 minutes, one for each session; no passwords, codes or identity ticks.';
