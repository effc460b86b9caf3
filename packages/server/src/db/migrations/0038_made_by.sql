-- Who made the token for which a user stands, so that a person does not count as two. It is a person, also when that person made it
-- with another such token; it is kept here, because a token that is revoked is removed.
alter table users add column made_by uuid references users on delete set null;

with recursive makers as (
  select user_id, created_by as maker from tokens where organization_id is not null
  union
  select makers.user_id, tokens.created_by from makers join tokens on tokens.user_id = makers.maker
  where tokens.organization_id is not null
)
update users set made_by = person.id from makers join users person on person.id = makers.maker
where users.id = makers.user_id and position(':' in person.login) = 0;
