-- Large engine events are in the blob store, as large states are. Their blobs are recorded in state_blobs too.
alter table engine_events alter column body drop not null;
alter table engine_events add column blob text;
alter table engine_events add constraint engine_events_body_or_blob check (num_nonnulls(body, blob) = 1);
create index engine_events_blob on engine_events (blob) where blob is not null;

-- Of a state's blob, so that one that was cut or changed is noticed. Unknown for older ones.
alter table checkpoints add column blob_sha256 text;
