-- Findings outlive their stack, so they name it no more by a foreign key.
alter table findings drop constraint findings_stack_id_fkey;

-- The names of removed stacks that had findings, and who could read such a stack beside those who may read every stack.
create table removed_stacks (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  project text not null,
  name text not null,
  created_by uuid references users on delete set null,
  team_ids uuid[] not null,
  -- The event of the audit log.
  removed_by bigint not null,
  -- It had more open findings than the transaction that removed it ended.
  unfinished boolean not null
);
create index removed_stacks_unfinished on removed_stacks (id) where unfinished;

-- Whether somebody has set the priority. Otherwise it follows the severity.
alter table findings add column priority_set boolean not null default false;
update findings set priority_set = true where priority <> 'p3' or triaged_at is not null;
update findings set priority = case severity when 'critical' then 'p0' when 'high' then 'p1' when 'medium' then 'p2' else 'p3' end
where not priority_set;
