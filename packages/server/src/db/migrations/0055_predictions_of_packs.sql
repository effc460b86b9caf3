-- What is predicted of a pack that stacks need not run any more is found by it, because an edit of a policy group waits for that.
create index predictions_pack on predictions (pack, stack_id);
