-- What stops updates is counted from this index alone, because a stack may have a million predictions. Those of one run and policy are
-- alike in it, so it is small.
create index predictions_blocked on predictions (stack_id, source, update_id, pack, policy, severity, last_seen_at)
  where level = 'mandatory' and exceptions is null;
-- What is excepted stops updates again when its exceptions end. Few predictions are.
create index predictions_excepted on predictions (stack_id) where level = 'mandatory' and exceptions is not null;
