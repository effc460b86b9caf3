create table audit_log (
  id bigint generated always as identity primary key,
  organization_id uuid not null references organizations on delete cascade,
  at timestamptz not null default clock_timestamp(),
  -- The user may be gone one day; what they were called stays.
  user_id uuid references users on delete set null,
  login text not null,
  name text not null,
  token_name text not null default '',
  source_ip text not null,
  event text not null,
  description text not null,
  -- json, as text: what was sent is in it to the byte.
  before text,
  after text
);
create index audit_log_newest on audit_log (organization_id, id desc);

-- It only grows: not even the server can rewrite what happened. What a removed organization or user takes along comes
-- from a trigger, and is the one thing let through.
create function audit_log_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'audit_log is append-only';
end $$;
create trigger audit_log_append_only before update or delete or truncate on audit_log
  when (pg_trigger_depth() = 0) execute function audit_log_is_append_only();
