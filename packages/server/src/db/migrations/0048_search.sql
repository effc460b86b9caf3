-- What somebody looks for by its name.

-- The display name of each policy that a version has. The metadata may have mebibytes.
create function policy_titles(metadata json) returns jsonb language sql immutable as $$
  select coalesce(jsonb_object_agg(policy ->> 'name', left(coalesce(policy ->> 'displayName', ''), 200)), '{}')
  from json_array_elements(metadata -> 'policies') as policy
$$;
alter table policy_pack_versions
  add column policy_titles jsonb not null generated always as (policy_titles(metadata)) stored;

-- A URN is urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME.
create function searched_type(urn text) returns text language sql immutable as
  $$ select lower(split_part(split_part(urn, '::', 3), '$', -1)) $$;
create function searched_name(urn text) returns text language sql immutable as $$
  select lower(substr(urn,
    length(split_part(urn, '::', 1)) + length(split_part(urn, '::', 2)) + length(split_part(urn, '::', 3)) + 7
  ))
$$;
-- The organization of the stack, because an organization looks among its own only, however many others have. No stack changes it.
alter table evaluations add column organization_id uuid;
update evaluations set organization_id = stacks.organization_id from stacks where stacks.id = stack_id;
alter table evaluations alter column organization_id set not null;
-- The types are few, so a name is looked for in each of them. An index does not take long texts.
create index evaluations_searched on evaluations
  (organization_id, (left(searched_type(urn), 200) collate "C"), (left(searched_name(urn), 100) collate "C")) where governed;
