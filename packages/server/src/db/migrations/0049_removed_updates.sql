-- Updates that went with their stack, and of which events may be left. Those that were emptied before have none. A stack may have millions
-- of events, so they are removed in steps.
create table removed_updates (id uuid primary key);

create or replace function forget_events() returns trigger language plpgsql as $$
begin
  insert into removed_updates select id from removed where status <> 'not-started' and not emptied;
  return null;
end
$$;
