-- A state may be the one in its row with changes on it: deltas, each of the text that the one before it made, or the entries of an
-- engine's journal. They are folded into the row when there are many, and when the update has ended.
alter table checkpoints
  -- What its changes are. Null when there are none.
  add column changes text check (changes in ('deltas', 'journal')),
  -- Of the last state that the update has numbered, and of the one in its row. Changes with a lower number are in the row.
  add column sequence bigint,
  add column base_sequence bigint,
  -- Of the text that the last delta made, in hexadecimal.
  add column text_sha256 text;

-- body is JSON as it was sent.
create table state_changes (
  update_id uuid not null references checkpoints on delete cascade,
  sequence bigint not null,
  body text,
  blob text,
  primary key (update_id, sequence),
  constraint state_changes_body_or_blob check (num_nonnulls(body, blob) = 1)
);
create index checkpoints_changed on checkpoints (stack_id) where changes is not null;
create index state_changes_blob on state_changes (blob) where blob is not null;
