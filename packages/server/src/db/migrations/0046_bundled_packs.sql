-- What a machine needs to run the version, beside the Pulumi CLI. Null where it is not known, as for versions that were published before.
alter table policy_pack_versions add column needs jsonb;
