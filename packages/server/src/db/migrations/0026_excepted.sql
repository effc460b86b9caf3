-- The exceptions that a violation's event names, each with its id and its reason. Null for none: the violation counts.
alter table policy_reports add column named jsonb;
update policy_reports set named = (select jsonb_agg(jsonb_build_object('id', id, 'reason', '')) from unnest(exceptions) as id)
where exceptions <> '{}';
alter table policy_reports drop column exceptions;
alter table policy_reports rename column named to exceptions;

-- A violation that exceptions match is no open finding. It is deployed all the same, and open again when they end.
alter table findings drop constraint findings_ended_check;
alter table findings
  add column exceptions jsonb,
  add constraint findings_ended_check check (ended in ('fixed', 'withdrawn', 'excepted')),
  add constraint findings_exceptions_check check ((ended is not distinct from 'excepted') = (exceptions is not null));

create or replace function shown_status(ended text, status text) returns text language sql immutable as
  $$ select case ended when 'withdrawn' then 'ignored' when 'fixed' then 'fixed' when 'excepted' then 'excepted' else status end $$;

-- What is deployed does not grow old.
drop index findings_ended;
create index findings_ended on findings (resolved_at) where ended <> 'excepted';
create index findings_excepted on findings (organization_id) where ended = 'excepted';

alter table predictions add column exceptions jsonb;

-- Of what failed, what was excepted.
alter table evaluations add column excepted text[] not null default '{}';
-- Policies of which everything that fails is excepted, and resources with only such failures. They neither pass nor are clean.
alter table pack_scores
  add column excepted integer not null default 0,
  add column excepted_resources integer not null default 0;
alter table policy_scores drop constraint policy_scores_state_check;
alter table policy_scores
  add constraint policy_scores_state_check check (state in ('passes', 'fails', 'excepted', 'not-exercised')),
  -- Of the failing.
  add column excepted integer not null default 0;
alter table score_days
  add column excepted integer not null default 0,
  add column excepted_resources integer not null default 0;
