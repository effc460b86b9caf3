-- Large states are in the blob store. A blob is recorded before it is made, so that it can be found when no checkpoint
-- names it.
create table state_blobs (
  name text primary key,
  created_at timestamptz not null default clock_timestamp()
);

alter table checkpoints alter column body drop not null;
alter table checkpoints add column blob text;
alter table checkpoints add constraint checkpoints_body_or_blob check (num_nonnulls(body, blob) = 1);
create index checkpoints_blob on checkpoints (blob) where blob is not null;
