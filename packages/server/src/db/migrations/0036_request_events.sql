-- The steps of each change request, and what was said of it, in order.
create table exception_request_events (
  request_id uuid not null references exception_requests on delete cascade,
  -- From 1 within the request, because a number that all organizations count would tell what others do.
  number integer not null,
  step text not null check (step in ('made', 'submitted', 'approved', 'unapproved', 'commented', 'closed', 'applied')),
  -- Null where it did not change, where there was none, and where it is not known.
  status_before text check (status_before in ('draft', 'pending', 'ready')),
  status_after text check (status_after in ('draft', 'pending', 'ready', 'applied', 'closed')),
  comment text not null default '',
  created_by uuid references users on delete set null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (request_id, number)
);
create index exception_request_events_listed on exception_request_events (request_id, created_at, number);

-- Of requests from before, what their rows prove. When they were submitted and who applied them is not known.
insert into exception_request_events (request_id, number, step, status_before, status_after, comment, created_by, created_at)
select request_id, row_number() over (partition by request_id order by place), step, status_before, status_after,
  coalesce(comment, ''), created_by, created_at
from (
  select id as request_id, 1 as place, 'made' as step, null as status_before, 'draft' as status_after, '' as comment,
    created_by, created_at
  from exception_requests
  union all
  select id, 2, 'approved', 'pending', 'ready', approval_comment, approved_by, approved_at
  from exception_requests where approved_at is not null
  union all
  select id, 3, 'closed', case when approved_at is not null then 'ready' end, 'closed', close_comment, closed_by, closed_at
  from exception_requests where closed_at is not null
) as known;
