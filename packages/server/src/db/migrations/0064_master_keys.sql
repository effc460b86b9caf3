-- What all that the server encrypts and signs is derived from, encrypted with each master key that may be used. So another master key
-- changes one row.
create table master_keys (
  fingerprint text primary key,
  root_key bytea not null,
  created_at timestamptz not null default now()
);
