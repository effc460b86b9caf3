-- Why and until when a finding is ignored or by design, and what it was when somebody decided so.
alter table findings
  add column reason text,
  add column expires_at timestamptz,
  add column triaged_by uuid references users on delete set null,
  add column triaged_at timestamptz,
  add column triaged_level text,
  add column triaged_severity text;
create index findings_expiry on findings (expires_at) where expires_at is not null;
