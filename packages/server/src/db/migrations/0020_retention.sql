-- Whose turn it is with work that only one server does at a time. Who holds it renews it, and a server that died loses it.
create table turns (name text primary key, holder uuid not null, until timestamptz not null);

alter table updates
  -- Since then the run's counts stand for its engine events and for what they said.
  add column compacted_at timestamptz,
  -- Whether those are gone. A run may have more of them than one step removes.
  add column emptied boolean not null default false;
create index updates_to_compact on updates (ended_at) where compacted_at is null and ended_at is not null;
create index updates_to_empty on updates (compacted_at) where compacted_at is not null and not emptied;

-- How the policies of a compacted run ended: a list, each with how often in each way.
create table run_counts (
  update_id uuid primary key references updates on delete cascade,
  policies json not null
);

-- A state that was removed because it was old leaves its row, because the history shows how many resources there were.
alter table checkpoints drop constraint checkpoints_body_or_blob;
alter table checkpoints add constraint checkpoints_body_or_blob check (num_nonnulls(body, blob) <= 1);
create index checkpoints_kept on checkpoints (stack_id, version) where num_nonnulls(body, blob) = 1;

create index receipts_age on receipts (ended_at);
create index findings_ended on findings (resolved_at) where ended is not null;
create index score_days_age on score_days (day);

-- The audit log still only grows for 400 days. What is older, and has its sequence, may be removed.
drop trigger audit_log_append_only on audit_log;
create trigger audit_log_append_only before truncate on audit_log execute function audit_log_is_append_only();

create function audit_log_keeps_400_days() returns trigger language plpgsql as $$
begin
  if old.sequence is null or old.at > now() - interval '400 days' then
    raise exception 'audit_log is append-only for 400 days';
  end if;
  return old;
end $$;
create trigger audit_log_keeps_400_days before delete on audit_log
  for each row when (pg_trigger_depth() = 0) execute function audit_log_keeps_400_days();
