create table webhooks (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organizations on delete cascade,
  -- Null for a webhook of the organization.
  stack_id uuid references stacks on delete cascade,
  name text not null,
  display_name text not null,
  active boolean not null,
  format text not null check (format in ('raw', 'slack', 'ms_teams')),
  -- Without filters and groups it is told of everything.
  filters text[] not null,
  groups text[] not null,
  -- Both are encrypted with the master key. The URL is a credential, too.
  url bytea not null,
  secret bytea,
  created_at timestamptz not null default now(),
  unique nulls not distinct (organization_id, stack_id, name)
);

create index webhooks_of_stack on webhooks (stack_id);

-- The outbox, and what became of each message.
create table webhook_deliveries (
  id uuid primary key default gen_random_uuid(),
  webhook_id uuid not null references webhooks on delete cascade,
  kind text not null,
  payload text not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
  created_at timestamptz not null default clock_timestamp(),
  -- Of the last attempt.
  sent_at timestamptz,
  duration integer,
  request_headers text not null default '',
  -- Null when there was no answer.
  response_code integer,
  response_headers text not null default '',
  response_body text not null default ''
);

create index webhook_deliveries_newest on webhook_deliveries (webhook_id, created_at desc);
create index webhook_deliveries_old on webhook_deliveries (created_at) where state <> 'pending';
