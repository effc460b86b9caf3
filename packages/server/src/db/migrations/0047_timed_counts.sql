-- What is new, has come back or is overdue is asked of `finding_times`, as all else is asked of `finding_counts`. So it has a row for findings that are
-- alike in all their times, and it looks the same to a list: those that have ended apart, and what is needed of each row first.
drop view counted_findings;
drop view timed_findings;
drop table finding_times;
create table finding_times (
  id bigint generated always as identity,
  organization_id uuid not null,
  stack_id uuid not null,
  closed boolean not null,
  -- It has not ended, and nobody has said that it may stay.
  is_open boolean not null generated always as (not closed and status in ('open', 'in_progress')) stored,
  -- It was fixed before, and nobody has triaged it since.
  came_back boolean not null,
  severity_rank smallint not null generated always as (
    case severity when 'critical' then 4 when 'high' then 3 when 'medium' then 2 when 'low' then 1 else 0 end
  ) stored,
  count integer not null,
  first_seen_at timestamptz not null,
  modified_at timestamptz not null,
  last_seen_at timestamptz not null,
  severity text not null,
  level text not null,
  status text not null,
  priority text not null,
  pack text not null,
  policy text not null,
  resource_type text not null,
  assigned_to uuid
) partition by list (closed);
create table open_finding_times partition of finding_times for values in (false);
create table closed_finding_times partition of finding_times for values in (true);

-- When a finding that came back was triaged later, nothing tells any more when it came back. Then somebody knows of it.
create function came_back(reopened integer, modified_at timestamptz, triaged_at timestamptz) returns boolean language sql immutable as
  $$ select reopened > 0 and modified_at is distinct from triaged_at $$;

create view timed_findings as
  select organization_id, stack_id, ended is not null as closed, came_back(reopened, modified_at, triaged_at) as came_back,
    count(*)::integer as count, first_seen_at, modified_at, last_seen_at, severity, level, shown_status(ended, status) as status, priority,
    pack, policy, resource_type(urn) as resource_type, assigned_to
  from findings
  group by organization_id, stack_id, 3, 4, first_seen_at, modified_at, last_seen_at, severity, level, 11, priority, pack, policy, 15,
    assigned_to;

insert into finding_times (
  organization_id, stack_id, closed, came_back, count, first_seen_at, modified_at, last_seen_at, severity, level, status, priority, pack,
  policy, resource_type, assigned_to
)
select * from timed_findings;
create index finding_times_policy on finding_times (stack_id, pack, policy, modified_at, last_seen_at, first_seen_at);
create index finding_times_organization on finding_times (organization_id, pack, policy);
create index finding_times_worst on finding_times
  (organization_id, (10 * (level = 'mandatory')::integer + severity_rank), severity);

create view counted_findings as
  select organization_id, stack_id, pack, policy, closed, status, level, severity, priority, resource_type, assigned_to,
    sum(count)::integer as count, min(modified_at) as first_modified_at, max(modified_at) as last_modified_at,
    min(last_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at
  from finding_times
  group by organization_id, stack_id, pack, policy, closed, status, level, severity, priority, resource_type, assigned_to;

create or replace function count_findings() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_nestloop = on as
$$
declare
  changes timed_findings[];
begin
  execute format('
    select array_agg(change::timed_findings) from (
      select organization_id, stack_id, ended is not null, came_back(reopened, modified_at, triaged_at), sum(times)::integer,
        first_seen_at, modified_at, last_seen_at, severity, level, shown_status(ended, status), priority, pack, policy,
        resource_type(urn), assigned_to
      from (%s) as finding
      group by organization_id, stack_id, 3, 4, first_seen_at, modified_at, last_seen_at, severity, level, 11, priority, pack, policy,
        15, assigned_to
      having sum(times) <> 0
    ) as change', tg_argv[0]) into changes;
  -- Two transactions that count the same stack at the same time would each add rows that are alike. A removed stack has its row elsewhere.
  perform from stacks where id in (select stack_id from unnest(changes)) order by id for no key update;
  perform from removed_stacks where id in (select stack_id from unnest(changes)) order by id for no key update;
  merge into finding_times as known using unnest(changes) as change
  on known.stack_id = change.stack_id and known.pack = change.pack and known.policy = change.policy
    and known.modified_at = change.modified_at and known.last_seen_at = change.last_seen_at
    and known.closed = change.closed and (known.first_seen_at, known.came_back) = (change.first_seen_at, change.came_back)
    and (known.status, known.level, known.severity, known.priority, known.resource_type)
      = (change.status, change.level, change.severity, change.priority, change.resource_type)
    and known.assigned_to is not distinct from change.assigned_to
  when matched and known.count + change.count = 0 then delete
  when matched then update set count = known.count + change.count
  when not matched then insert (
    organization_id, stack_id, closed, came_back, count, first_seen_at, modified_at, last_seen_at, severity, level, status, priority,
    pack, policy, resource_type, assigned_to
  ) values (
    change.organization_id, change.stack_id, change.closed, change.came_back, change.count, change.first_seen_at, change.modified_at,
    change.last_seen_at, change.severity, change.level, change.status, change.priority, change.pack, change.policy,
    change.resource_type, change.assigned_to
  );
  delete from finding_counts using (select distinct stack_id, pack, policy from unnest(changes)) as key
  where finding_counts.stack_id = key.stack_id and finding_counts.pack = key.pack and finding_counts.policy = key.policy;
  insert into finding_counts (
    organization_id, stack_id, pack, policy, closed, status, level, severity, priority, resource_type, assigned_to, count,
    first_modified_at, last_modified_at, first_seen_at, last_seen_at
  )
  select counted.* from (select distinct stack_id, pack, policy from unnest(changes)) as key
  cross join lateral (
    select * from counted_findings counted
    where counted.stack_id = key.stack_id and counted.pack = key.pack and counted.policy = key.policy
    offset 0
  ) as counted;
  return null;
end
$$;

-- Lists of these are asked of `finding_times`. Exports, and lists in an order by two times or of URNs, still read the findings of the
-- organization: they are rare, and take most of its findings or sort them all, so the indexes would cost each update more than they give.
drop index findings_by_age;
drop index findings_new;
drop index findings_reopened;
