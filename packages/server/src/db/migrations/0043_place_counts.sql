-- How many stacks rules can't tell apart, and the resources in them. A change adds rows: what it takes away, and what is there instead. So
-- those who change different stacks never wait for each other. The upkeep sums the rows up. There is no foreign key, because to remove an
-- organization removes its stacks, which adds rows.
create table place_counts (
  organization_id uuid not null,
  selectors bytea,
  selected text not null,
  stacks bigint not null,
  resources bigint not null
);
create index place_counts_organization on place_counts (organization_id);

create function count_places() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    insert into place_counts
    select organization_id, selectors, selected, -count(*), -sum(resources) from removed
    group by organization_id, selectors, selected;
  end if;
  if tg_op <> 'DELETE' then
    insert into place_counts
    select organization_id, selectors, selected, count(*), sum(resources) from added
    group by organization_id, selectors, selected;
  end if;
  return null;
end
$$;
create trigger stack_places_inserted after insert on stack_places
  referencing new table as added for each statement execute function count_places();
create trigger stack_places_updated after update on stack_places
  referencing old table as removed new table as added for each statement execute function count_places();
create trigger stack_places_deleted after delete on stack_places
  referencing old table as removed for each statement execute function count_places();

-- After the triggers, whose locks others have to wait for: a server of the version before may still write, and what it changed between the
-- sums and the triggers would never be counted.
insert into place_counts
select organization_id, selectors, selected, count(*), sum(resources) from stack_places
group by organization_id, selectors, selected;

-- As before, but a checkpoint with as many resources as the one before changes nothing.
create or replace function count_resources() returns trigger language plpgsql as $$
begin
  update stack_places set resources = new.resource_count
  where stack_id = new.stack_id and resources <> new.resource_count and not exists (
    select from checkpoints where stack_id = new.stack_id and version > new.version
  );
  return null;
end
$$;
