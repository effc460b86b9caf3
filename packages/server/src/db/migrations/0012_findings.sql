-- What a run's engine events say of policies and resources: one row for each event that says something, so that it does not
-- matter in which order they arrive.
create table policy_reports (
  update_id uuid not null references updates on delete cascade,
  sequence bigint not null,
  kind text not null check (kind in ('violated', 'remediated', 'not-evaluated')),
  pack text not null,
  tag text not null,
  policy text not null,
  urn text not null,
  level text not null,
  severity text not null,
  message text not null,
  exceptions text[] not null,
  primary key (update_id, sequence)
);

create table policy_analyses (
  update_id uuid not null references updates on delete cascade,
  sequence bigint not null,
  pack text not null,
  tag text not null,
  -- Empty for the whole stack.
  urn text not null,
  passed text[] not null,
  failed text[] not null,
  primary key (update_id, sequence)
);

create table resource_steps (
  update_id uuid not null references updates on delete cascade,
  sequence bigint not null,
  urn text not null,
  -- Its URN before this run, if an alias gave it another one.
  was text,
  kind text not null check (kind in ('registered', 'deployed', 'deleted', 'failed')),
  primary key (update_id, sequence)
);

-- Whether what the update showed is in the findings. Older updates have no results.
alter table updates add column settled boolean not null default true;
alter table updates alter column settled set default false;
create index updates_unsettled on updates (stack_id) where not settled and ended_at is not null;

create table findings (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organizations on delete cascade,
  stack_id uuid not null references stacks on delete cascade,
  pack text not null,
  policy text not null,
  urn text not null,
  -- sha256 of the URN, which may be too long for an index.
  urn_digest bytea not null,
  tag text not null,
  level text not null,
  severity text not null,
  message text not null,
  -- What people say of it. It comes back when the violation does.
  status text not null default 'open' check (status in ('open', 'in_progress', 'by_design', 'ignored')),
  -- Null while the violation is deployed.
  ended text check (ended in ('fixed')),
  priority text not null default 'p3' check (priority in ('p0', 'p1', 'p2', 'p3', 'p4')),
  assigned_to uuid references users on delete set null,
  first_seen_at timestamptz not null,
  first_seen_tag text not null,
  last_seen_at timestamptz not null,
  -- The real update that showed it last.
  last_seen_update uuid,
  resolved_at timestamptz,
  reopened integer not null default 0,
  modified_at timestamptz not null,
  unique (stack_id, pack, policy, urn_digest)
);
create index findings_of_organization on findings (organization_id, modified_at desc, id);

-- What a run showed of resources that it did not deploy, most often a preview's. They are no findings: nothing is deployed.
create table predictions (
  stack_id uuid not null references stacks on delete cascade,
  -- The pull request or branch of the run: 'pr:7', 'branch:main', or empty.
  source text not null,
  pack text not null,
  policy text not null,
  urn text not null,
  urn_digest bytea not null,
  tag text not null,
  level text not null,
  severity text not null,
  message text not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  update_id uuid not null,
  primary key (stack_id, source, pack, policy, urn_digest)
);
create index predictions_age on predictions (last_seen_at);
