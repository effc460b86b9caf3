-- How much text each has. Measured when it is needed, it would be read whole: for each of the ten thousand stacks that one may name, and of
-- all rows that a list is sorted from.
alter table policy_exceptions
  add column bytes integer not null generated always as (octet_length(match::text) + octet_length(reason)) stored;
alter table exception_requests
  add column bytes integer not null generated always as (octet_length(match::text) + octet_length(reason)) stored;
