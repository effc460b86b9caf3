-- Of an update with many results: which of its parts is settled next, how many there are, and what those before have changed. Null before the
-- first part and after the last.
alter table updates add column settling json;
