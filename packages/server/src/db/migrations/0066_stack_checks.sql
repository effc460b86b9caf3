-- What policies said of the state of a stack elsewhere when somebody looked at it last (`quillon scan --check`). It was checked and not
-- enforced, so no finding, score or receipt comes from it.
create table stack_checks (
  stack_id uuid primary key references stacks on delete cascade,
  checked_at timestamptz not null,
  checked_by uuid references users on delete set null,
  -- The packs with their counts, the worst results, and how many are left out.
  said json not null
);
