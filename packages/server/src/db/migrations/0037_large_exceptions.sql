-- How much text each has. Measured when it is needed, it would be read whole: for each of the ten thousand stacks that one may name, and of
-- all rows that a list is sorted from.
alter table policy_exceptions
  add column bytes integer not null generated always as (octet_length(match::text) + octet_length(reason)) stored;
alter table exception_requests
  add column bytes integer not null generated always as (octet_length(match::text) + octet_length(reason)) stored;

-- Whether one that has ended may still be the reason why findings are not open: it may have let a million violations through.
alter table policy_exceptions add column opening boolean not null default false;
create index policy_exceptions_opening on policy_exceptions (organization_id) where opening;
update policy_exceptions set opening = true where removed_at is not null or expires_at <= now();
