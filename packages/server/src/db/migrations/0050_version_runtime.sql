-- Read to say which exceptions a pack applies, without the rest of what was published: the metadata may have mebibytes.
alter table policy_pack_versions add column runtime text generated always as (metadata ->> 'runtime') stored;
