create table instance (
  only_one boolean primary key default true check (only_one),
  master_key_fingerprint text not null,
  created_at timestamptz not null default now()
);

create table organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  created_at timestamptz not null default now()
);

create table users (
  id uuid primary key default gen_random_uuid(),
  login text not null unique,
  name text not null,
  email text not null default '',
  created_at timestamptz not null default now()
);

create table members (
  organization_id uuid not null references organizations on delete cascade,
  user_id uuid not null references users on delete cascade,
  role text not null check (role in ('admin', 'policy-manager', 'member')),
  created_at timestamptz not null default now(),
  primary key (organization_id, user_id)
);
create index members_user on members (user_id);

-- Tokens are 256 random bits, so their plain SHA-256 can't be reversed and a slow hash would buy nothing.
create table tokens (
  id uuid primary key default gen_random_uuid(),
  hash bytea not null unique,
  user_id uuid not null references users on delete cascade,
  description text not null,
  created_at timestamptz not null default now()
);
