-- Where a service point is, {"latitude", "longitude"} in degrees: used only to tell which campus is nearer.
alter table service_points add column location jsonb;
