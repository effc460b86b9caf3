-- A stack is looked for by a part of its project and name. All pieces of two and of three letters that they have are in an index, because
-- otherwise all stacks of an organization would be read. Names have only ASCII letters.
create function searched_stack(project text, name text) returns text language sql immutable as
  $$ select lower((project || '/' || name) collate "C") $$;
-- Slow, so that the database takes the index.
create function pieces_of(searched text) returns text[] language sql immutable cost 10000 as $$
  select array_agg(distinct substr(searched, place, size))
  from generate_series(1, length(searched)) as place, generate_series(2, 3) as size
$$;
create index stacks_searched on stacks using gin (pieces_of(searched_stack(project, name)));
