-- The projects that a token of an organization or a team is limited to. Null for a token that is not.
alter table tokens add column projects text[]
  constraint tokens_limited check (projects is null or (organization_id is not null and role = 'member'));
