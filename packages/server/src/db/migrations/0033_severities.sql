-- Which policies a version has, with the severity that it gives each. The metadata may have mebibytes, and each exception is compared
-- with the policies of all versions. A severity that is no word stands for none, because nothing can be compared with it.
create function policy_severities(metadata json) returns jsonb language sql immutable as $$
  select coalesce(jsonb_object_agg(
    policy ->> 'name', case when (policy -> 'severity')::text ~ '^"[a-z]+"$' then policy ->> 'severity' end
  ), '{}')
  from json_array_elements(metadata -> 'policies') as policy
$$;
alter table policy_pack_versions
  add column severities jsonb not null generated always as (policy_severities(metadata)) stored;
