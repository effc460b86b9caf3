-- It has the blobs of engine events too, since those may be large. An update has both.
alter table state_blobs rename to update_blobs;
alter index state_blobs_pkey rename to update_blobs_pkey;
