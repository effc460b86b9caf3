-- What the server says of a run: which packs it had to run, and what its events say was analysed. A receipt outlives its update
-- and its stack, so it names both and refers to neither.
create table receipts (
  update_id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  stack_id uuid not null,
  project text not null,
  stack text not null,
  kind text not null,
  dry_run boolean not null,
  -- How the run ended.
  outcome text not null check (outcome in ('succeeded', 'failed', 'cancelled', 'expired')),
  ended_at timestamptz not null,
  made_at timestamptz not null default now(),
  status text not null check (status in ('complete', 'incomplete', 'missing', 'not-applicable')),
  -- Whether it only imported resources, which asks no policies.
  imported boolean not null,
  -- The signed text. Not json, because not a byte of it may change.
  body text not null,
  signature bytea not null
);
create index receipts_of_stack on receipts (stack_id, ended_at desc, update_id desc);
create index receipts_of_organization on receipts (organization_id, ended_at desc, update_id desc);

-- Whether an update without a complete receipt stops the next one of its stack, and when an admin last let one start all the same.
create table receipt_rules (organization_id uuid primary key references organizations on delete cascade, required boolean not null);
create table receipt_lifts (stack_id uuid primary key references stacks on delete cascade, lifted_at timestamptz not null);

alter table updates
  -- Who started it and from where, as they were named then.
  add column client json,
  -- Of the event with which the engine ends.
  add column summary_sequence bigint,
  -- Whether it has a receipt, or is one of those that never get any. Older updates have none.
  add column receipted boolean not null default true;
alter table updates alter column receipted set default false;
create index updates_unreceipted on updates (stack_id) where not receipted and ended_at is not null;

-- What a step says of a resource that the program registered.
alter table resource_steps drop constraint resource_steps_kind_check;
alter table resource_steps add constraint resource_steps_kind_check
  check (kind in ('registered', 'unchanged', 'imported', 'deployed', 'deleted', 'failed'));
-- Of a resource that no provider manages. Null for others.
alter table resource_steps add column parent text;
