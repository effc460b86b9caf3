-- The results that name an exception are found among a million others, and without any, nothing is read.
create index policy_reports_excepted on policy_reports (update_id) where exceptions is not null;
