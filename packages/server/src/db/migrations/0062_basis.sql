-- On what a run of a stack elsewhere was based that did not ask what it must run: a file of requirements, or somebody's reason to run without.
alter table updates add column basis jsonb;
