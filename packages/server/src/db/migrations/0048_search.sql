-- What somebody looks for by its name.

-- The display name of each policy that a version has. The metadata may have mebibytes.
create function policy_titles(metadata json) returns jsonb language sql immutable as $$
  select coalesce(jsonb_object_agg(policy ->> 'name', left(coalesce(policy ->> 'displayName', ''), 200)), '{}')
  from json_array_elements(metadata -> 'policies') as policy
$$;
alter table policy_pack_versions
  add column policy_titles jsonb not null generated always as (policy_titles(metadata)) stored;

-- A URN is urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME. An index does not take long texts.
create function searched_type(urn text) returns text language sql immutable as
  $$ select left(lower(split_part(split_part(urn, '::', 3), '$', -1)), 200) $$;
create function searched_name(urn text) returns text language sql immutable as $$
  select left(lower(substr(urn,
    length(split_part(urn, '::', 1)) + length(split_part(urn, '::', 2)) + length(split_part(urn, '::', 3)) + 7
  )), 100)
$$;
-- The types are few, so a name is looked for in each of them.
create index evaluations_searched on evaluations ((searched_type(urn) collate "C"), (searched_name(urn) collate "C")) where governed;
