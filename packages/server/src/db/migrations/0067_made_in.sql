-- The organization whose admin has made the user, and was given their first access token. Null where the operator has.
alter table users add column made_in uuid references organizations on delete set null;

update users set made_in = made.organization_id
from (
  select distinct on (description) description, organization_id from audit_log where event = 'User Created' order by description, id
) made
where made.description = 'User ' || users.login and not users.site_admin;
-- Of whom the audit log does not tell any more: where they have been the longest.
update users set made_in = joined.organization_id
from (select distinct on (user_id) user_id, organization_id from members order by user_id, created_at, organization_id) joined
where joined.user_id = users.id and users.made_in is null and not users.site_admin;
