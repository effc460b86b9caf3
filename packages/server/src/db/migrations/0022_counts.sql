-- How many findings of a stack are alike in all that lists are filtered and grouped by, and the first and last times of these.
-- There is a row for each stack and policy, so that updates of different stacks never wait for each other.
create table finding_counts (
  -- Lists look at many rows, so what they need of each row comes first.
  id bigint generated always as identity,
  organization_id uuid not null,
  stack_id uuid not null,
  closed boolean not null,
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
);

-- What a list shows of a finding: one whose policy need not run any more is shown as ignored.
create function shown_status(ended text, status text) returns text language sql immutable as
  $$ select case ended when 'withdrawn' then 'ignored' when 'fixed' then 'fixed' else status end $$;

-- A URN is urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME.
create function resource_type(urn text) returns text language sql immutable as
  $$ select split_part(split_part(urn, '::', 3), '$', -1) $$;

create view counted_findings as
  select organization_id, stack_id, pack, policy, ended is not null as closed, shown_status(ended, status) as status, level,
    severity, priority, resource_type(urn) as resource_type, assigned_to, count(*)::integer as count,
    min(modified_at) as first_modified_at, max(modified_at) as last_modified_at,
    min(last_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at
  from findings
  group by organization_id, stack_id, pack, policy, 5, 6, level, severity, priority, 10, assigned_to;

insert into finding_counts (
  organization_id, stack_id, pack, policy, closed, status, level, severity, priority, resource_type, assigned_to, count,
  first_modified_at, last_modified_at, first_seen_at, last_seen_at
)
select * from counted_findings;
create index finding_counts_policy on finding_counts (stack_id, pack, policy);
create index finding_counts_organization on finding_counts (organization_id, pack, policy);

-- Counts the policies of the changed findings again. Whoever changes findings has locked their stacks in the order of their ids;
-- whoever has not waits here, so that the counts are right in any case. The table `changed` has no statistics, so the plan is
-- fixed: for each policy its findings by an index.
create function count_findings() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_nestloop = on as
$$
begin
  perform from stacks where id in (select stack_id from changed) order by id for no key update;
  delete from finding_counts using (select distinct stack_id, pack, policy from changed) as key
  where finding_counts.stack_id = key.stack_id and finding_counts.pack = key.pack and finding_counts.policy = key.policy;
  insert into finding_counts (
    organization_id, stack_id, pack, policy, closed, status, level, severity, priority, resource_type, assigned_to, count,
    first_modified_at, last_modified_at, first_seen_at, last_seen_at
  )
  select counted.* from (select distinct stack_id, pack, policy from changed) as key
  cross join lateral (
    select * from counted_findings counted
    where counted.stack_id = key.stack_id and counted.pack = key.pack and counted.policy = key.policy
    offset 0
  ) as counted;
  return null;
end
$$;
create trigger findings_inserted after insert on findings
  referencing new table as changed for each statement execute function count_findings();
create trigger findings_updated after update on findings
  referencing new table as changed for each statement execute function count_findings();
create trigger findings_deleted after delete on findings
  referencing old table as changed for each statement execute function count_findings();

-- The counts say which stacks have open findings of a pack, and which findings are the first of a list.
drop index findings_of_pack;
drop index findings_of_organization;
create index findings_resource on findings (urn_digest);

-- Where selectors of policy groups have put each stack, so that groups are counted without reading every stack's tags.
create table stack_places (
  stack_id uuid primary key references stacks on delete cascade,
  organization_id uuid not null,
  -- Grows when the stack's names or tags change.
  changes integer not null default 0,
  -- The digest of the selectors that have looked at it. Null when they must again.
  selectors bytea,
  -- One character for each of these selectors: 1 if it takes in the stack, or 0.
  selected text not null default '',
  -- In its newest checkpoint.
  resources integer not null default 0
);
insert into stack_places (stack_id, organization_id, resources)
select stacks.id, organization_id, coalesce(newest.resource_count, 0) from stacks
left join lateral (
  select resource_count from checkpoints where stack_id = stacks.id order by version desc limit 1
) newest on true;
create index stack_places_organization on stack_places (organization_id);
create index stack_places_changed on stack_places (organization_id, stack_id) where selectors is null;

create function place_stack() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into stack_places (stack_id, organization_id) values (new.id, new.organization_id);
  else
    update stack_places set changes = changes + 1, selectors = null where stack_id = new.id;
  end if;
  return null;
end
$$;
create trigger stacks_inserted after insert on stacks for each row execute function place_stack();
create trigger stacks_moved after update of project, name, tags on stacks for each row
  when ((old.project, old.name, old.tags) is distinct from (new.project, new.name, new.tags))
  execute function place_stack();

create function count_resources() returns trigger language plpgsql as $$
begin
  update stack_places set resources = new.resource_count where stack_id = new.stack_id and not exists (
    select from checkpoints where stack_id = new.stack_id and version > new.version
  );
  return null;
end
$$;
create trigger checkpoints_inserted after insert on checkpoints for each row execute function count_resources();
create trigger checkpoints_updated after update of resource_count on checkpoints for each row
  when (old.resource_count <> new.resource_count) execute function count_resources();
