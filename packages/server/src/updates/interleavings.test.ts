import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack, type TestStack, type TestUpdate } from "../testing/stack.ts";
import { endExpiredUpdates } from "./index.ts";

const verbs = ["start", "checkpoint", "renew", "complete", "cancel", "expire", "sweep"] as const;
type Verb = (typeof verbs)[number];

/** The phase that an update is in. The lease of an `expired` one has expired, and nothing has ended it yet. */
type Phase = "running" | "expired" | "failed" | "completed" | "cancelled";

/** What each verb answers to an update in each phase. */
const answers: Record<"checkpoint" | "renew" | "complete" | "cancel", Record<Phase, number>> = {
  checkpoint: { running: 200, expired: 403, failed: 403, completed: 403, cancelled: 403 },
  renew: { running: 200, expired: 403, failed: 403, completed: 403, cancelled: 403 },
  complete: { running: 200, expired: 403, failed: 403, completed: 200, cancelled: 403 },
  cancel: { running: 200, expired: 200, failed: 409, completed: 409, cancelled: 200 },
};

interface Model {
  updates: { calls: TestUpdate; phase: Phase }[];
  /** What the stack must export. */
  state: string;
}

type Known = Model["updates"][number];

describe.each(engines)("on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  async function start(stack: TestStack, { updates }: Model): Promise<void> {
    const busy = updates.some(({ phase }) => phase === "running");
    const id = await stack.create();
    const { status, body } = await stack.start(id);
    expect(status).toBe(busy ? 409 : 200);
    if (busy) return;
    endExpired(updates);
    updates.push({ calls: stack.update({ id, ...body }), phase: "running" });
    expect(body.version).toBe(updates.length);
  }

  async function say(verb: keyof typeof answers, update: Known, model: Model, n: number): Promise<void> {
    const { calls, phase } = update;
    const call = { ...calls, checkpoint: () => calls.checkpoint({ n }) }[verb];
    expect((await call()).status).toBe(answers[verb][phase]);
    if (verb === "checkpoint" && phase === "running") model.state = JSON.stringify({ version: 3, deployment: { n } });
    if (verb === "complete" && phase === "running") update.phase = "completed";
    if (verb === "cancel" && (phase === "running" || phase === "expired")) update.phase = "cancelled";
  }

  function endExpired(updates: Known[]): void {
    for (const update of updates) if (update.phase === "expired") update.phase = "failed";
  }

  async function step(verb: Verb, update: Known | undefined, at: { stack: TestStack; model: Model; n: number }) {
    if (verb === "start") await start(at.stack, at.model);
    else if (verb === "sweep") {
      await endExpiredUpdates(t);
      endExpired(at.model.updates);
    } else if (!update) return;
    else if (verb !== "expire") await say(verb, update, at.model, at.n);
    else if (update.phase === "running") {
      await update.calls.expire();
      update.phase = "expired";
    }
  }

  async function mostHolders(): Promise<number> {
    const { rows } = await sql<{ holders: number }>`
      select count(*)::int as holders from updates
      where status = 'running' and not dry_run and lease_expires_at > clock_timestamp()
      group by stack_id`.execute(t.db);
    return Math.max(0, ...rows.map(({ holders }) => holders));
  }

  test("invariant 4 holds for any interleaving of clients that start, write, renew, end, are cancelled and expire", async () => {
    const steps = fc.array(
      fc.record({
        verb: fc.oneof(fc.constantFrom<Verb>("start", "checkpoint"), fc.constantFrom(...verbs)),
        which: fc.nat({ max: 5 }),
      }),
      { minLength: 4, maxLength: 20 },
    );
    const run = async (script: { verb: Verb; which: number }[]) => {
      const stack = await newStack(t);
      const model: Model = { updates: [], state: await stack.exported() };
      for (const [n, { verb, which }] of script.entries()) {
        // Older updates are used as often as the newest one, because nothing that has ended may write again.
        const update = model.updates.at(-1 - (which % Math.max(model.updates.length, 1)));
        await step(verb, update, { stack, model, n });
        expect(await stack.exported()).toBe(model.state);
        expect(await mostHolders()).toBeLessThanOrEqual(1);
      }
    };
    await fc.assert(fc.asyncProperty(steps, run), { numRuns: 40 });
  });
});
