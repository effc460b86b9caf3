-- After how many days a finding that has not ended is overdue, by its severity. Null is never. An organization without a row has the usual ones.
create table finding_rules (
  organization_id uuid primary key references organizations on delete cascade,
  critical_days integer check (critical_days > 0),
  high_days integer check (high_days > 0),
  medium_days integer check (medium_days > 0),
  low_days integer check (low_days > 0)
);
create index findings_by_age on findings (organization_id, severity, first_seen_at) include (stack_id)
  where ended is null and status in ('open', 'in_progress') and severity in ('low', 'medium', 'high', 'critical');

-- The resources of each stack and day, as they were when the day began. Several packs may govern a resource, which counts once here.
create table resource_days (
  day date not null references scored_days,
  organization_id uuid not null references organizations on delete cascade,
  stack_id uuid not null,
  governed integer not null,
  clean integer not null,
  primary key (organization_id, day, stack_id)
);
create index resource_days_age on resource_days (day);
