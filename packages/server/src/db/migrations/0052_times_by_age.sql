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
alter function resource_type(text) parallel safe;
alter function came_back(integer, timestamptz, timestamptz) parallel safe;
