create table stacks (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organizations on delete cascade,
  project text not null,
  name text not null,
  tags jsonb not null default '{}',
  -- The stack's own key, wrapped by the master key. It outlives renames, so old ciphertexts stay readable.
  data_key bytea not null,
  -- Of the newest real update that was started.
  version integer not null default 0,
  last_update_id uuid,
  -- Grows whenever the right to write changes hands: at start, complete, cancel and expiry.
  lease_epoch bigint not null default 0,
  lease_update_id uuid,
  created_at timestamptz not null default now(),
  unique (organization_id, project, name)
);

create table updates (
  id uuid primary key default gen_random_uuid(),
  stack_id uuid not null references stacks on delete cascade,
  kind text not null check (kind in ('update', 'preview', 'refresh', 'destroy', 'import', 'rename')),
  dry_run boolean not null,
  status text not null default 'not-started'
    check (status in ('not-started', 'running', 'succeeded', 'failed', 'cancelled')),
  version integer not null default 0,
  requested_by uuid references users on delete set null,
  message text not null default '',
  -- json, not jsonb: kept as it was sent.
  environment json not null default '{}',
  config json not null default '{}',
  -- Resolved once, when the update is created; nothing enabled afterwards changes it.
  required_policies json not null default '[]',
  lease_hash bytea,
  lease_epoch bigint,
  lease_expires_at timestamptz,
  resource_changes json,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz
);
create index updates_history on updates (stack_id, version desc) where not dry_run;
create index updates_running on updates (lease_expires_at) where status = 'running';
create index updates_never_started on updates (created_at) where status = 'not-started';

-- The state that an update left, or has reached so far: one row for each update that wrote any.
create table checkpoints (
  update_id uuid primary key references updates on delete cascade,
  stack_id uuid not null references stacks on delete cascade,
  version integer not null,
  -- gzip of the exact text {"version":N,"features":[…],"deployment":{…}}
  body bytea not null,
  resource_count integer not null,
  saved_at timestamptz not null default now()
);
create index checkpoints_newest on checkpoints (stack_id, version desc);

-- body is text: PostgreSQL's JSON types refuse some of the strings that an engine may send.
create table engine_events (
  update_id uuid not null references updates on delete cascade,
  sequence bigint not null,
  body text not null,
  primary key (update_id, sequence)
);
