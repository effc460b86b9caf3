-- The results of a large update are settled in parts, each with its own resources. Without these every part would read all of them.
create index policy_reports_parts on policy_reports (update_id, (hashtext(urn) & 2147483647));
create index policy_analyses_parts on policy_analyses (update_id, (hashtext(urn) & 2147483647));
create index resource_steps_parts on resource_steps (update_id, (hashtext(urn) & 2147483647));
