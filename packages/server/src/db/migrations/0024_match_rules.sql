-- A group's rule about stacks is kept as it was sent: a selector, or a stackMatchRule of Pulumi's API.
alter table policy_groups alter column selector type text using selector::text;
alter table policy_groups rename column selector to stack_rule;
-- A rule about accounts is only kept.
alter table policy_groups add column account_rule text;
