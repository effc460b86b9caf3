alter table policy_groups
  -- Which stacks it takes in beside those in policy_group_stacks; kept as the contract's Selector.
  add column selector json,
  add column agent_pool_id text,
  -- The organization's change counter at the group's last edit, and who made that.
  add column changed bigint not null default 0,
  add column changed_by uuid references users on delete set null;

-- An ordinary group takes in what is here; the default group takes in every stack but what is here.
create table policy_group_stacks (
  group_id uuid not null references policy_groups on delete cascade,
  stack_id uuid not null references stacks on delete cascade,
  primary key (group_id, stack_id)
);
create index policy_group_stacks_stack on policy_group_stacks (stack_id);

create table policy_group_accounts (
  group_id uuid not null references policy_groups on delete cascade,
  name text not null,
  primary key (group_id, name)
);

-- Who has seen a group as of which change: whoever then replaces its lists must not undo what they have not seen.
create table policy_group_reads (
  group_id uuid not null references policy_groups on delete cascade,
  user_id uuid not null references users on delete cascade,
  changed bigint not null,
  read_at timestamptz not null,
  primary key (group_id, user_id)
);

alter table policy_group_packs
  -- Text, so that nothing on the way decodes what was sent.
  alter column config type text using config::text,
  -- Takes every new version of the pack by itself.
  add column follows boolean not null default false,
  add column environments json not null default '[]';

-- Read whenever an update is created, without the rest of what was published.
alter table policy_pack_versions
  add column display_name text not null generated always as (coalesce(metadata ->> 'displayName', '')) stored;

insert into policy_groups (organization_id, name, is_default, entity_type, mode)
select id, 'default-accounts-policy-group', true, 'accounts', 'audit' from organizations;

-- Written down before the blob is, and until nothing refers to it any more: what a crash left behind is found here.
create table archive_blobs (
  name text primary key,
  created_at timestamptz not null default now()
);
insert into archive_blobs (name)
select blob from policy_pack_versions where blob is not null and status <> 'removed';
create index policy_pack_versions_blob on policy_pack_versions (blob) where blob is not null;
