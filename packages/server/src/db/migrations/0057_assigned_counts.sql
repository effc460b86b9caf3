-- Few findings are assigned to one person, and to find them all counts of the organization were read.
create index finding_counts_assigned on finding_counts (organization_id, assigned_to) where assigned_to is not null;
