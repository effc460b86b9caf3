-- An index takes rows of some 2,700 bytes, and anybody who runs an update chooses a type, a level and a severity.
create or replace function resource_type(urn text) returns text language sql immutable parallel safe as
  $$ select left(split_part(split_part(urn, '::', 3), '$', -1), 200) $$;
delete from finding_times where length(resource_type) >= 200;
insert into finding_times (
  organization_id, stack_id, closed, came_back, count, first_seen_at, modified_at, last_seen_at, severity, level, status, priority, pack,
  policy, resource_type, assigned_to
)
select * from timed_findings where length(resource_type) = 200;
delete from finding_counts where length(resource_type) >= 200;
insert into finding_counts (
  organization_id, stack_id, pack, policy, closed, status, level, severity, priority, resource_type, assigned_to, count,
  first_modified_at, last_modified_at, first_seen_at, last_seen_at
)
select * from counted_findings where length(resource_type) = 200;
update findings set level = left(level, 50), severity = left(severity, 50) where length(level) > 50 or length(severity) > 50;

-- What is new or overdue in an organization is read from this index alone: it has all columns of `finding_times`. Without it, each list read the
-- findings of all organizations. It begins with the severity, because each is overdue after its own time, and the worst are listed first.
create index finding_times_age on open_finding_times (organization_id, severity_rank, first_seen_at) include (
  id, stack_id, count, modified_at, last_seen_at, closed, is_open, came_back, level, severity, status, priority, pack, policy,
  resource_type, assigned_to
);
drop index finding_times_worst;
create index finding_times_back on open_finding_times (organization_id, modified_at) where came_back;

-- Of many types, findings of one are few among all, and were counted by reading nearly all of them, and then all of them for the page.
create index finding_counts_type on finding_counts (organization_id, resource_type);

-- PostgreSQL asks several processes only for what has no other functions than such.
alter function shown_status(text, text) parallel safe;
alter function came_back(integer, timestamptz, timestamptz) parallel safe;
