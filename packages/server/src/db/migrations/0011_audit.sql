alter table audit_log
  -- The access token. Not a foreign key: a token that is gone must stay one that was revoked.
  add column token_id uuid,
  -- Its place in the order in which the organization's events are followed: 1, 2, 3, without a gap. Null until it is given one.
  add column sequence bigint;

create unique index audit_log_followed on audit_log (organization_id, sequence);
create index audit_log_unnumbered on audit_log (organization_id, id) where sequence is null;
-- Finds what has just been recorded of a token.
create index audit_log_repeated on audit_log (organization_id, token_id, event, at);

-- It still only grows. The one change that is let through gives an event its sequence, once.
drop trigger audit_log_append_only on audit_log;
create trigger audit_log_append_only before delete or truncate on audit_log
  when (pg_trigger_depth() = 0) execute function audit_log_is_append_only();

create function audit_log_is_only_numbered() returns trigger language plpgsql as $$
begin
  if old.sequence is not null or to_jsonb(new) - 'sequence'::text is distinct from to_jsonb(old) - 'sequence'::text then
    raise exception 'audit_log is append-only';
  end if;
  return new;
end $$;
create trigger audit_log_only_numbered before update on audit_log
  for each row when (pg_trigger_depth() = 0) execute function audit_log_is_only_numbered();
