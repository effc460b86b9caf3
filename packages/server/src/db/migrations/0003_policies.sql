create table policy_packs (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organizations on delete cascade,
  name text not null,
  unique (organization_id, name)
);

create table policy_pack_versions (
  id uuid primary key default gen_random_uuid(),
  pack_id uuid not null references policy_packs on delete cascade,
  version integer not null,
  tag text,
  status text not null check (status in ('reserved', 'completed', 'removed')),
  -- What was sent at publish: policies, descriptions, readme, git and CI facts.
  metadata json not null,
  reserved_by uuid references users on delete set null,
  reserved_until timestamptz not null,
  -- Names the last whole body that was uploaded, and once completed, the archive for ever.
  blob text,
  sha256 text,
  size bigint,
  completed_at timestamptz,
  removed_by uuid references users on delete set null,
  removed_at timestamptz,
  created_at timestamptz not null default now(),
  unique (pack_id, version),
  check (status = 'reserved' or (blob is not null and sha256 is not null and size is not null))
);
-- One owner of a tag at a time, and one for ever once completed: removal keeps the row.
create unique index policy_pack_versions_tag on policy_pack_versions (pack_id, tag) where tag is not null;

create table policy_groups (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organizations on delete cascade,
  name text not null,
  is_default boolean not null default false,
  entity_type text not null default 'stacks' check (entity_type in ('stacks', 'accounts')),
  mode text not null default 'preventative' check (mode in ('preventative', 'audit')),
  created_at timestamptz not null default now(),
  unique (organization_id, name)
);

create table policy_group_packs (
  group_id uuid not null references policy_groups on delete cascade,
  pack_id uuid not null references policy_packs on delete cascade,
  version_id uuid not null references policy_pack_versions,
  -- What was sent, verbatim.
  config json,
  -- The organization's change counter at the last edit: which of two configurations is the newer.
  changed bigint not null,
  primary key (group_id, pack_id)
);
create index policy_group_packs_version on policy_group_packs (version_id);

alter table organizations add column changes bigint not null default 0;
