-- How many findings of a stack are alike in all that lists are filtered and grouped by, and in their times. A change of findings adds to
-- these rows and takes from them. What is kept of the times of alike findings, the first and the last, can't be taken from, so it is
-- read from here: there are far fewer times than findings, because all that an update shows has the same.
create table finding_times (
  organization_id uuid not null,
  stack_id uuid not null,
  pack text not null,
  policy text not null,
  closed boolean not null,
  status text not null,
  level text not null,
  severity text not null,
  priority text not null,
  resource_type text not null,
  assigned_to uuid,
  modified_at timestamptz not null,
  last_seen_at timestamptz not null,
  count integer not null
);

create view timed_findings as
  select organization_id, stack_id, pack, policy, ended is not null as closed, shown_status(ended, status) as status, level,
    severity, priority, resource_type(urn) as resource_type, assigned_to, modified_at, last_seen_at, count(*)::integer as count
  from findings
  group by organization_id, stack_id, pack, policy, 5, 6, level, severity, priority, 10, assigned_to, modified_at, last_seen_at;

insert into finding_times select * from timed_findings;
create index finding_times_policy on finding_times (stack_id, pack, policy, modified_at, last_seen_at);

create or replace view counted_findings as
  select organization_id, stack_id, pack, policy, closed, status, level, severity, priority, resource_type, assigned_to,
    sum(count)::integer as count, min(modified_at) as first_modified_at, max(modified_at) as last_modified_at,
    min(last_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at
  from finding_times
  group by organization_id, stack_id, pack, policy, closed, status, level, severity, priority, resource_type, assigned_to;

drop trigger findings_inserted on findings;
drop trigger findings_updated on findings;
drop trigger findings_deleted on findings;
drop function count_findings;

-- Counts what a statement has changed, and the policies of it again from `finding_times`. Whoever changes findings has locked their
-- stacks in the order of their ids; whoever has not waits here, so that the counts are right in any case. What is changed has no statistics, so
-- the plan is fixed: by an index. The trigger's argument says which rows it adds and which it takes away.
create function count_findings() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_nestloop = on as
$$
declare
  changes finding_times[];
begin
  execute format('
    select array_agg(change::finding_times) from (
      select organization_id, stack_id, pack, policy, ended is not null, shown_status(ended, status), level, severity, priority,
        resource_type(urn), assigned_to, modified_at, last_seen_at, sum(times)::integer
      from (%s) as finding
      group by organization_id, stack_id, pack, policy, 5, 6, level, severity, priority, 10, assigned_to, modified_at, last_seen_at
      having sum(times) <> 0
    ) as change', tg_argv[0]) into changes;
  perform from stacks where id in (select stack_id from unnest(changes)) order by id for no key update;
  merge into finding_times as known using unnest(changes) as change
  on known.stack_id = change.stack_id and known.pack = change.pack and known.policy = change.policy
    and known.modified_at = change.modified_at and known.last_seen_at = change.last_seen_at
    and (known.closed, known.status, known.level, known.severity, known.priority, known.resource_type)
      = (change.closed, change.status, change.level, change.severity, change.priority, change.resource_type)
    and known.assigned_to is not distinct from change.assigned_to
  when matched and known.count + change.count = 0 then delete
  when matched then update set count = known.count + change.count
  when not matched then insert values (change.*);
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
create trigger findings_inserted after insert on findings
  referencing new table as added for each statement
  execute function count_findings('select *, 1 as times from added');
create trigger findings_updated after update on findings
  referencing old table as removed new table as added for each statement
  execute function count_findings('select *, 1 as times from added union all select *, -1 from removed');
create trigger findings_deleted after delete on findings
  referencing old table as removed for each statement
  execute function count_findings('select *, -1 as times from removed');

-- The findings of a resource of a stack.
drop index findings_resource;
create index findings_resource on findings (urn_digest, stack_id);

-- What engine events say is recorded in a statement that has locked their update. Foreign keys would look for the update again for each
-- row: that was a tenth of what the database did for an event. Its rows go with the update all the same.
alter table engine_events drop constraint engine_events_update_id_fkey;
alter table policy_reports drop constraint policy_reports_update_id_fkey;
alter table policy_analyses drop constraint policy_analyses_update_id_fkey;
alter table resource_steps drop constraint resource_steps_update_id_fkey;
create function forget_events() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_nestloop = on as
$$
begin
  delete from engine_events using removed where update_id = removed.id;
  delete from policy_reports using removed where update_id = removed.id;
  delete from policy_analyses using removed where update_id = removed.id;
  delete from resource_steps using removed where update_id = removed.id;
  return null;
end
$$;
create trigger updates_deleted after delete on updates
  referencing old table as removed for each statement execute function forget_events();
