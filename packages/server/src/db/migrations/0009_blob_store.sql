-- The server that first starts on the database gives its blob store a name, so that another one can be told from it.
alter table instance add column blob_store uuid;
