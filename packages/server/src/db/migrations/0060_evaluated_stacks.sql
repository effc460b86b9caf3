-- What its packs say of each stack, because to add them up for 100,000 stacks takes a second. Packs that it need not run any more don't
-- count.
alter table scored_stacks
  add column packs text[] not null default '{}',
  -- The oldest evaluation of a pack. Null when there is none.
  add column evaluated timestamptz,
  -- A run has told something of a pack, at least that it could not be loaded.
  add column reported boolean not null default false,
  add column stale boolean not null default false;

-- The first statement locks the rows of the stacks. The second sees what all who had locked them before have stored, because it begins
-- afterwards, so two who change packs of one stack at the same time count both.
create function sum_up_packs() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_nestloop = on as
$$
begin
  insert into scored_stacks (stack_id)
  select id from stacks where id in (select stack_id from changed) order by id
  on conflict (stack_id) do update set block_id = null where scored_stacks.block_id is not null;
  update scored_stacks as kept
  set packs = counted.packs, evaluated = counted.evaluated, reported = counted.reported, stale = counted.stale
  from (select id from stacks where id in (select stack_id from changed) offset 0) as stack cross join lateral (
    select coalesce(array_agg(pack order by pack), '{}') as packs, min(evaluated_at) as evaluated,
      coalesce(bool_or(evaluated_at is not null or broken), false) as reported, coalesce(bool_or(score.stale), false) as stale
    from pack_scores score where score.stack_id = stack.id and not withdrawn offset 0
  ) as counted
  where kept.stack_id = stack.id
    and (kept.packs, kept.evaluated, kept.reported, kept.stale)
      is distinct from (counted.packs, counted.evaluated, counted.reported, counted.stale);
  return null;
end
$$;
drop trigger pack_scores_inserted on pack_scores;
drop trigger pack_scores_updated on pack_scores;
drop trigger pack_scores_deleted on pack_scores;
create trigger pack_scores_inserted after insert on pack_scores
  referencing new table as changed for each statement execute function sum_up_packs();
create trigger pack_scores_updated after update on pack_scores
  referencing new table as changed for each statement execute function sum_up_packs();
create trigger pack_scores_deleted after delete on pack_scores
  referencing old table as changed for each statement execute function sum_up_packs();

-- After the triggers, whose locks others have to wait for: a server of the version before may still write.
update scored_stacks
set packs = counted.packs, evaluated = counted.evaluated, reported = counted.reported, stale = counted.stale
from (
  select stack_id, array_agg(pack order by pack) as packs, min(evaluated_at) as evaluated,
    bool_or(evaluated_at is not null or broken) as reported, bool_or(stale) as stale
  from pack_scores where not withdrawn group by stack_id
) as counted
where scored_stacks.stack_id = counted.stack_id;
