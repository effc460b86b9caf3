-- The names that a stack was given, while not all of its findings have them in their URNs. A stack may have a million findings, so
-- they are renamed in steps.
alter table stacks add column renaming jsonb;
create index stacks_renaming on stacks (id) where renaming is not null;
