-- How the updates and previews of a stack ended that had to run a version of a pack, and why it made one of them fail last.
create table pack_health (
  organization_id uuid not null references organizations on delete cascade,
  stack_id uuid not null references stacks on delete cascade,
  pack text not null,
  version integer not null,
  -- What people call the version.
  tag text not null,
  runs bigint not null,
  failed bigint not null,
  -- Whether the last run that tells it failed because of this version.
  failing boolean not null,
  worked_at timestamptz,
  failed_at timestamptz,
  failed_update uuid,
  failed_dry_run boolean not null default false,
  stage text check (stage in ('install', 'load', 'configure', 'run')),
  message text,
  -- Whether the run says that it was this pack.
  certain boolean not null default false,
  primary key (stack_id, pack, version)
);
create index pack_health_of_version on pack_health (organization_id, pack, version);
create index pack_health_failing on pack_health (organization_id, pack, version) where failing;
