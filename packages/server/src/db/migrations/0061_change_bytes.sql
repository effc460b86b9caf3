-- How many bytes the changes on a state have, because they are bounded, and summing them for each that comes would take longer and longer.
alter table checkpoints add column change_bytes bigint not null default 0;
update checkpoints set change_bytes = (
  select coalesce(sum(octet_length(body)), 0) from state_changes where update_id = checkpoints.update_id
) where changes is not null;
