-- The sets of tags from which it was settled what the update must run. json, not jsonb: a program's tags may have any characters.
alter table updates add column tag_sets json not null default '[]';
create index updates_of_stack on updates (stack_id, created_at desc);
