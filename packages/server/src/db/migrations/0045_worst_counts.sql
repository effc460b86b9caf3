-- The worst policies of an organization come first where findings are grouped by resource.
create index finding_counts_worst on finding_counts
  (organization_id, (10 * (level = 'mandatory')::integer + severity_rank), severity);

-- What is new, and what has come back, is counted up to a number, however few of all findings these are.
create index findings_new on findings (organization_id, first_seen_at) where ended is null;
create index findings_reopened on findings (organization_id, modified_at) where ended is null and reopened > 0;
