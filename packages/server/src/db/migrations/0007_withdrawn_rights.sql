-- The access token that the update was started with; null for those that were started before this column was.
alter table updates add column started_with uuid;

-- A token's user, whose login has a colon, is a new one each time that a token is made; only people's logins are unique.
alter table users drop constraint users_login_key;
create unique index users_login_of_people on users (login) where position(':' in login) = 0;
create index users_login on users (login);

-- The keys of stacks that were removed, by the names that their exported states ask for.
create table removed_stack_keys (
  organization_id uuid not null references organizations on delete cascade,
  project text not null,
  name text not null,
  -- Ciphertexts and the key itself are tied to this id.
  stack_id uuid not null,
  data_key bytea not null,
  -- Who could read the stack beside those who may read every stack.
  created_by uuid references users on delete set null,
  team_ids uuid[] not null,
  removed_at timestamptz not null default clock_timestamp(),
  primary key (organization_id, project, name, stack_id)
);
