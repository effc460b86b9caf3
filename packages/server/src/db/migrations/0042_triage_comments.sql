-- What somebody said of a finding when they triaged it: the newest. The audit log has those before it.
alter table findings
  add column comment text,
  add column commented_by uuid references users on delete set null,
  add column commented_at timestamptz;
