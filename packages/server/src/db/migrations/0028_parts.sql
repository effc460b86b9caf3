-- In which part of a large run a result is looked at. Null in other runs, whose results these indexes do not have.
alter table policy_reports add column part integer;
alter table policy_analyses add column part integer;
alter table resource_steps add column part integer;
create index policy_reports_of_part on policy_reports (update_id, part) where part is not null;
create index policy_analyses_of_part on policy_analyses (update_id, part) where part is not null;
create index resource_steps_of_part on resource_steps (update_id, part) where part is not null;
