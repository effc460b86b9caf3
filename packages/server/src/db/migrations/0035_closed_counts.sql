-- Lists show findings that have ended or those that have not, never both. So the counts of each are a table of their own, and lists
-- do not read the others.
alter table finding_counts rename to counts_before;
create table finding_counts (
  -- Lists look at many rows, so what they need of each row comes first.
  id bigint generated always as identity,
  organization_id uuid not null,
  stack_id uuid not null,
  closed boolean not null,
  -- Of the severity, greatest for the worst. An order by what is computed of each row would copy each row.
  severity_rank smallint not null generated always as (
    case severity when 'critical' then 4 when 'high' then 3 when 'medium' then 2 when 'low' then 1 else 0 end
  ) stored,
  count integer not null,
  first_modified_at timestamptz not null,
  last_modified_at timestamptz not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  severity text not null,
  level text not null,
  -- As it is shown.
  status text not null,
  priority text not null,
  pack text not null,
  policy text not null,
  resource_type text not null,
  assigned_to uuid
) partition by list (closed);
create table open_finding_counts partition of finding_counts for values in (false);
create table closed_finding_counts partition of finding_counts for values in (true);

insert into finding_counts (
  organization_id, stack_id, pack, policy, closed, status, level, severity, priority, resource_type, assigned_to, count,
  first_modified_at, last_modified_at, first_seen_at, last_seen_at
)
select organization_id, stack_id, pack, policy, closed, status, level, severity, priority, resource_type, assigned_to, count,
  first_modified_at, last_modified_at, first_seen_at, last_seen_at
from counts_before order by id;
drop table counts_before;
create index finding_counts_policy on finding_counts (stack_id, pack, policy);
create index finding_counts_organization on finding_counts (organization_id, pack, policy);
