-- What the policies of a required pack said last of each resource that is deployed.
create table evaluations (
  stack_id uuid not null references stacks on delete cascade,
  pack text not null,
  -- sha256 of the URN, which may be too long for an index.
  urn_digest bytea not null,
  -- Whether stack policies say it. They are asked of the whole stack, whose URN is empty here, and name the resources that fail.
  by_stack boolean not null,
  urn text not null,
  -- False for the root stack, for providers and for the whole stack: no score counts them as resources.
  governed boolean not null,
  tag text not null,
  passed text[] not null,
  failed text[] not null,
  evaluated_at timestamptz not null,
  update_id uuid not null,
  primary key (stack_id, pack, urn_digest, by_stack)
);

-- What follows from them for each stack and pack. It is counted when an update is settled.
create table pack_scores (
  stack_id uuid not null references stacks on delete cascade,
  pack text not null,
  -- The version and the configuration that the last real run had to run, and its group.
  version integer not null,
  tag text not null,
  config text,
  environments text[] not null default '{}',
  group_id uuid references policy_groups on delete set null,
  -- Null when it was never evaluated.
  evaluated_at timestamptz,
  -- The last real run could not load or configure it.
  broken boolean not null default false,
  -- What the stack must run now differs from what was evaluated.
  stale boolean not null default false,
  -- The stack need not run the pack any more. A run that evaluates it again brings it back.
  withdrawn boolean not null default false,
  policies integer not null default 0,
  passing integer not null default 0,
  not_exercised integer not null default 0,
  governed integer not null default 0,
  clean integer not null default 0,
  primary key (stack_id, pack)
);
create index pack_scores_pack on pack_scores (pack, stack_id);

-- Each policy that is not disabled.
create table policy_scores (
  stack_id uuid not null,
  pack text not null,
  policy text not null,
  severity text not null,
  framework text not null,
  state text not null check (state in ('passes', 'fails', 'not-exercised')),
  governed integer not null,
  failing integer not null,
  primary key (stack_id, pack, policy),
  foreign key (stack_id, pack) references pack_scores on delete cascade
);

-- The governed resources of a stack: one that several packs govern counts once.
create table stack_scores (
  stack_id uuid primary key references stacks on delete cascade,
  governed integer not null,
  clean integer not null,
  -- A pack was withdrawn, so it must be counted again.
  outdated boolean not null default false
);
create index stack_scores_outdated on stack_scores (stack_id) where outdated;

-- Changes of groups and packs that concern more stacks than their transaction looked at: the rest is done in steps.
create table reconciliations (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organizations on delete cascade,
  packs text[] not null,
  -- The event of the audit log.
  audit_id bigint,
  -- The stack that was looked at last.
  after uuid not null
);

-- The scores as they were when a day began (UTC). Never rewritten, so stacks that are gone stay.
create table scored_days (
  day date primary key,
  scored_at timestamptz not null default now()
);
create table score_days (
  day date not null references scored_days,
  organization_id uuid not null references organizations on delete cascade,
  stack_id uuid not null,
  pack text not null,
  tag text not null,
  passing integer not null,
  policies integer not null,
  governed integer not null,
  clean integer not null,
  primary key (organization_id, day, stack_id, pack)
);

alter table findings drop constraint findings_ended_check;
alter table findings
  add constraint findings_ended_check check (ended in ('fixed', 'withdrawn')),
  -- The event of the audit log because of which it was withdrawn.
  add column withdrawn_by bigint;
create index findings_of_pack on findings (organization_id, pack, stack_id) where ended is null;

-- The changes of a day are shown with its scores.
create index audit_log_by_event on audit_log (organization_id, event, at);
