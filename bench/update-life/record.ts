import { setTimeout } from "node:timers/promises";
import type pg from "pg";
import { bodiesOf } from "./bodies.ts";
import { type Asking, live, makeStack, noTimes } from "./life.ts";
import { stackOf } from "./pgbench.ts";
import type { Recorder, Statement } from "./recorder.ts";

/** The statements of one update, and the values in them that another update has not. */
export interface Recorded {
  statements: Statement[];
  update: string;
  stack: { id: string; name: string };
  /** When its state was stored last, as the database writes it. */
  saved: string;
}

const MODEL = "the-model-of-all-others";
/** What a server sends by itself it sends within this time, except for what it does twice a minute or less often. */
const QUIET_MS = 6_000;

/** Records what a server sends while one update is made, one request after the other, and makes the stacks that pgbench uses. */
export async function record(
  asking: Asking,
  { recorder, database }: { recorder: Recorder; database: pg.Client },
  { stacks, lives, resources }: { stacks: number; lives: number; resources: number },
): Promise<Recorded> {
  await setTimeout(QUIET_MS);
  const unasked = new Set(recorder.take().map(({ text }) => text));
  for (let stack = 0; stack < stacks; stack += 1)
    for (let life = 0; life < lives; life += 1) await makeStack(asking, stackOf(stack, life));
  const path = await makeStack(asking, MODEL);
  recorder.take();
  const update = await live(asking, path, { bodies: bodiesOf(resources), times: noTimes(), together: false });
  const statements = recorder.take().filter(({ text }) => /^(begin|commit)$/.test(text) || !unasked.has(text));
  const { rows } = await database.query(
    "select stack_id as stack, saved_at::text as saved from checkpoints where update_id = $1",
    [update],
  );
  return { statements, update, stack: { id: rows[0].stack, name: MODEL }, saved: rows[0].saved };
}
