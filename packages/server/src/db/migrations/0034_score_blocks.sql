-- Some stacks whose scores are counted together. What is counted of a block never changes: a stack whose scores change leaves it,
-- and a block that a stack has left counts no more. So ends of updates never wait for each other.
create table score_blocks (
  id bigint generated always as identity primary key,
  organization_id uuid not null references organizations on delete cascade,
  -- Of how many stacks it was counted.
  stacks integer not null,
  governed integer not null,
  clean integer not null
);
create index score_blocks_organization on score_blocks (organization_id);

create table score_sums (
  block_id bigint not null references score_blocks on delete cascade,
  -- By what its scores are counted.
  kind text not null check (kind in ('pack', 'policy', 'severity', 'framework')),
  name text not null,
  pack text not null,
  tag text not null,
  -- Only of policies: the group because of which the stacks must run them, and the worst severity.
  group_id uuid,
  severity text not null,
  evaluated timestamptz,
  stacks integer not null,
  stale integer not null,
  broken integer not null,
  policies integer not null,
  passing integer not null,
  not_exercised integer not null,
  excepted integer not null,
  governed integer not null,
  clean integer not null,
  excepted_resources integer not null,
  -- Whether the policy fails in a stack, also in one in which the pack is broken now.
  fails boolean not null
);
create index score_sums_block on score_sums (block_id, kind);

-- Each stack that was ever evaluated. A stack without a block is counted by itself.
create table scored_stacks (
  stack_id uuid primary key references stacks on delete cascade,
  block_id bigint
);
create index scored_stacks_block on scored_stacks (block_id);
insert into scored_stacks (stack_id) select stack_id from pack_scores union select stack_id from stack_scores;

-- Whoever counts a block has locked the rows of its stacks before, so this waits for them, and they for this, also when the stack is
-- in no block. The table `changed` has no statistics, so the plan is fixed: each stack by an index.
create function leave_block() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_nestloop = on as
$$
begin
  insert into scored_stacks (stack_id)
  select id from stacks where id in (select stack_id from changed) order by id
  on conflict (stack_id) do update set block_id = null where scored_stacks.block_id is not null;
  return null;
end
$$;
create trigger pack_scores_inserted after insert on pack_scores
  referencing new table as changed for each statement execute function leave_block();
create trigger pack_scores_updated after update on pack_scores
  referencing new table as changed for each statement execute function leave_block();
create trigger pack_scores_deleted after delete on pack_scores
  referencing old table as changed for each statement execute function leave_block();
create trigger policy_scores_inserted after insert on policy_scores
  referencing new table as changed for each statement execute function leave_block();
create trigger policy_scores_updated after update on policy_scores
  referencing new table as changed for each statement execute function leave_block();
create trigger policy_scores_deleted after delete on policy_scores
  referencing old table as changed for each statement execute function leave_block();
create trigger stack_scores_inserted after insert on stack_scores
  referencing new table as changed for each statement execute function leave_block();
create trigger stack_scores_updated after update on stack_scores
  referencing new table as changed for each statement execute function leave_block();
create trigger stack_scores_deleted after delete on stack_scores
  referencing old table as changed for each statement execute function leave_block();

-- Only blocks whose stacks the caller may read, all of them, can be used. So a stack that other teams may read now leaves its block,
-- to come into one with stacks that the same teams may read.
create trigger team_stacks_inserted after insert on team_stacks
  referencing new table as changed for each statement execute function leave_block();
create trigger team_stacks_deleted after delete on team_stacks
  referencing old table as changed for each statement execute function leave_block();
