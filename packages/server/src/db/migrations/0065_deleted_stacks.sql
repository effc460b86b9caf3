-- Stacks that were removed and can be restored: what their own rows had. Their updates and states stay, and belong to no stack meanwhile, so
-- that no query finds them by one. Everything else that belongs to a stack is removed with its row.
create table deleted_stacks (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  project text not null,
  name text not null,
  tags jsonb not null,
  data_key bytea not null,
  version integer not null,
  last_update_id uuid,
  lease_epoch bigint not null,
  created_by uuid references users on delete set null,
  created_at timestamptz not null,
  deleted_by uuid references users on delete set null,
  deleted_at timestamptz not null default now(),
  -- Its updates are being removed, so it can't be restored any more.
  expired boolean not null default false
);
create index deleted_stacks_listed on deleted_stacks (organization_id, deleted_at, id);
create index deleted_stacks_by_age on deleted_stacks (deleted_at);

alter table updates
  alter column stack_id drop not null,
  add column deleted_stack_id uuid references deleted_stacks on delete cascade,
  add constraint updates_stack check (num_nonnulls(stack_id, deleted_stack_id) = 1);
create index updates_of_deleted on updates (deleted_stack_id) where deleted_stack_id is not null;

alter table checkpoints alter column stack_id drop not null;
create trigger checkpoints_returned after update of stack_id on checkpoints for each row
  when (new.stack_id is not null) execute function count_resources();
