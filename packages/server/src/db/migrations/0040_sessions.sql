-- Somebody who is signed in to the console has a token that only the console's cookie carries. It ends with the token that they signed
-- in with.
alter table tokens
  add column session boolean not null default false,
  add column session_of uuid references tokens on delete cascade,
  add check (session or session_of is null);
create index tokens_session_of on tokens (session_of) where session_of is not null;
