-- What an organization says of its policy exceptions. Its row is locked while one is made, so that their numbers have no gaps.
create table exception_rules (
  organization_id uuid primary key references organizations on delete cascade,
  -- Of the exception that was made last.
  last_number integer not null default 0
);

-- Which violations do not make a run fail, and why. None is ever deleted.
create table policy_exceptions (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organizations on delete cascade,
  -- Its name is EXC- with this number.
  number integer not null,
  pack text not null,
  -- All that its entries name.
  policies text[] not null,
  -- Entries of policies and the URNs of their targets, as they were sent.
  match json not null,
  reason text not null,
  -- Of all that was asked for, so that an equal one is found.
  digest bytea not null,
  -- From then on it has no effect.
  expires_at timestamptz,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  removed_by uuid references users on delete set null,
  removed_at timestamptz,
  unique (organization_id, number)
);
create index policy_exceptions_alike on policy_exceptions (organization_id, digest) where removed_at is null;

-- The stacks that an exception's URNs name. They need not exist.
create table policy_exception_stacks (
  exception_id uuid not null references policy_exceptions on delete cascade,
  organization_id uuid not null,
  project text not null,
  stack text not null,
  primary key (organization_id, project, stack, exception_id)
);
create index policy_exception_stacks_of on policy_exception_stacks (exception_id);
