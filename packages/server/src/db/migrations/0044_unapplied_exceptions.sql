-- The exceptions that match a violation which stopped the run all the same, because only the pack could apply them and it did not. Null
-- for none.
alter table policy_reports add column unapplied jsonb;
alter table predictions add column unapplied jsonb;
