-- What an organization allows: whether somebody else must agree, how long an exception may last, and from which severity on none
-- is made.
alter table exception_rules
  add column approval boolean not null default false,
  add column longest_hours integer check (longest_hours > 0),
  add column end_required boolean not null default false,
  add column forbidden_from text check (forbidden_from in ('low', 'medium', 'high', 'critical'));

-- Exceptions that somebody asks for, and on which somebody else decides. Pulumi calls them change requests.
create table exception_requests (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organizations on delete cascade,
  pack text not null,
  match json not null,
  reason text not null,
  -- From when it is applied. Null without an end.
  seconds integer,
  digest bytea not null,
  status text not null default 'draft' check (status in ('draft', 'pending', 'ready', 'applied', 'closed')),
  description text not null default '',
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  approved_by uuid references users on delete set null,
  approved_at timestamptz,
  approval_comment text,
  closed_by uuid references users on delete set null,
  closed_at timestamptz,
  close_comment text
);
create index exception_requests_listed on exception_requests (organization_id, created_at desc, id);

alter table policy_exceptions
  add column request_id uuid references exception_requests on delete set null,
  -- When webhooks are told next that it will end, or that it has. Null when there is nothing left to tell.
  add column tell_at timestamptz;
create index policy_exceptions_tell on policy_exceptions (tell_at) where tell_at is not null;
create index policy_exceptions_request on policy_exceptions (request_id) where request_id is not null;

-- When an exception is told of after a moment: a week and a day before it ends, and when it does.
create function next_telling(expires timestamptz, after timestamptz) returns timestamptz language sql immutable as
  $$ select case
    when expires - interval '7 days' > after then expires - interval '7 days'
    when expires - interval '1 day' > after then expires - interval '1 day'
    when expires > after then expires
  end $$;
-- Of those that there are, only their end, because the rest may be over.
update policy_exceptions set tell_at = expires_at where removed_at is null;
