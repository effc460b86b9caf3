-- What a machine needs to run the version, beside the Pulumi CLI, and the SDK that it is bundled with. Null where it is not known, as for
-- versions that were published before. The bill of materials is as it was published: JSON, to the byte.
-- The sources are those that the publisher has bundled, where they were sent.
alter table policy_pack_versions
  add column needs jsonb,
  add column sdk jsonb,
  add column bill text,
  add column source_blob text,
  add column source_sha256 text,
  add column source_size bigint;
create index policy_pack_versions_source_blob on policy_pack_versions (source_blob) where source_blob is not null;

-- What travels in a version's archive, as its bill of materials says it.
create table bundled_packages (
  version_id uuid not null references policy_pack_versions on delete cascade,
  name text not null,
  version text not null,
  license text,
  purl text,
  primary key (version_id, name, version)
);
