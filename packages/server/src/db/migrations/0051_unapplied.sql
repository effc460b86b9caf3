-- Every update that is created asks for them, and a stack may have a hundred thousand predictions.
create index predictions_unapplied on predictions (stack_id) where unapplied is not null;
