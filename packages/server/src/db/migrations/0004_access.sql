-- What a member may do with a stack that they did not make and that no team of theirs was given.
alter table organizations add column default_permission text not null default 'write'
  check (default_permission in ('none', 'read', 'write', 'admin'));

alter table users add column site_admin boolean not null default false;
update users set site_admin = true where id = (select id from users order by created_at, id limit 1);

-- They administer it.
alter table stacks add column created_by uuid references users on delete set null;

create table teams (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organizations on delete cascade,
  name text not null,
  display_name text not null,
  description text not null,
  created_at timestamptz not null default now(),
  unique (organization_id, name),
  unique (organization_id, id)
);

-- Who leaves the organization leaves its teams.
create table team_members (
  organization_id uuid not null,
  team_id uuid not null,
  user_id uuid not null,
  admin boolean not null default false,
  primary key (team_id, user_id),
  foreign key (organization_id, team_id) references teams (organization_id, id) on delete cascade,
  foreign key (organization_id, user_id) references members on delete cascade
);
create index team_members_user on team_members (organization_id, user_id);

create table team_stacks (
  team_id uuid not null references teams on delete cascade,
  stack_id uuid not null references stacks on delete cascade,
  permission text not null check (permission in ('read', 'write', 'admin')),
  primary key (team_id, stack_id)
);
create index team_stacks_stack on team_stacks (stack_id);

-- A token of an organization or a team acts as a user of its own, whose login (organization:name) no person can have.
alter table tokens
  add column name text not null default '',
  add column organization_id uuid references organizations on delete cascade,
  add column team_id uuid references teams on delete cascade,
  add column role text check (role in ('admin', 'policy-manager', 'member')),
  add column created_by uuid references users on delete set null,
  add column expires_at timestamptz,
  add column last_used_at timestamptz,
  add check ((organization_id is null) = (role is null)),
  add check (team_id is null or (organization_id is not null and role = 'member'));
create index tokens_user on tokens (user_id);
create unique index tokens_organization_name on tokens (organization_id, name) where organization_id is not null and team_id is null;
create unique index tokens_team_name on tokens (team_id, name) where team_id is not null;
