-- A stack whose state is in another backend: that backend's URL, without what is secret in it, and the stack's names there.
alter table stacks add column backend text, add column backend_project text, add column backend_stack text;
alter table stacks add constraint stacks_backend check (num_nulls(backend, backend_project, backend_stack) in (0, 3));
create unique index stacks_of_backends on stacks (organization_id, backend, backend_project, backend_stack)
  where backend is not null;
