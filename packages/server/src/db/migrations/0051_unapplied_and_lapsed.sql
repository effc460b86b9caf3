-- Every update that is created asks for them, and a stack may have a hundred thousand predictions.
create index predictions_unapplied on predictions (stack_id) where unapplied is not null;

-- Whether the audit log says that the request was not applied in time. Its end comes by itself, so something has to look for it.
alter table exception_requests add column lapse_recorded boolean not null default false;
create index exception_requests_lapsing on exception_requests (created_at)
  where status in ('draft', 'pending', 'ready') and not lapse_recorded;
