import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Lease, LeaseCtx } from "../context.ts";
import { releaseLease, takeLease } from "../stacks/index.ts";
import { saveCheckpoint } from "../state/index.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack, type TestStack, type TestUpdate } from "../testing/stack.ts";
import { endExpiredUpdates, findLease } from "./index.ts";
import { setCancelled } from "./lease-queries.ts";

const stateOf = (deployment: object) => JSON.stringify({ version: 3, deployment });
const LOST = { status: 403, body: { code: 403, id: "lease_invalid" } };

describe.each(engines)("on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  async function leaseOf(stack: TestStack, update: TestUpdate): Promise<Lease> {
    const [, , , organization = "", project = "", name = ""] = stack.path.split("/");
    const { id: updateId, token } = update;
    const lease = await findLease(t, { organization, project, stack: name, updateId, token });
    if (!lease) throw new Error("the update has no lease");
    return lease;
  }

  describe("invariant 3: what an update must run is settled when it is created", () => {
    async function enablePack(name: string): Promise<void> {
      await sql`
        with pack as (
          insert into policy_packs (organization_id, name) select id, ${name} from organizations returning id
        ), version as (
          insert into policy_pack_versions (pack_id, version, status, metadata, reserved_until, blob, sha256, size)
          select id, 1, 'completed', '{"policies":[]}', now(), 'b', 's', 1 from pack returning id, pack_id
        )
        insert into policy_group_packs (group_id, pack_id, version_id, changed)
        select policy_groups.id, version.pack_id, version.id, 1 from version, policy_groups`.execute(t.db);
    }
    const disableAll = () => t.db.deleteFrom("policy_group_packs").execute();
    const recorded = async (id: string) => {
      const row = await t.db
        .selectFrom("updates")
        .where("id", "=", id)
        .select("required_policies")
        .executeTakeFirstOrThrow();
      return (row.required_policies as { pack: string }[]).map(({ pack }) => pack);
    };

    test("and it is recorded with the update: enabling or disabling packs afterwards changes nothing", async () => {
      const stack = await newStack(t);
      await enablePack("early");
      const { body } = await t.send(`POST ${stack.path}/update`, {});
      expect(body.requiredPolicies).toMatchObject([{ name: "early", version: 1, packLocation: expect.any(String) }]);
      await enablePack("late");
      await stack.start(body.updateID);
      expect(await recorded(body.updateID)).toEqual(["early"]);
      await disableAll();
      expect(await recorded(body.updateID)).toEqual(["early"]);
    });

    test("invariant 6: when the required packs can't be computed, there is no update", async () => {
      const stack = await newStack(t);
      const count = () => t.db.selectFrom("updates").select(sql`count(*)`.as("n")).executeTakeFirst();
      const before = await count();
      await sql`alter table policy_group_packs rename to out_of_reach`.execute(t.db);
      const answer = await t.send(`POST ${stack.path}/update`, {});
      await sql`alter table out_of_reach rename to policy_group_packs`.execute(t.db);
      expect(answer).toMatchObject({ status: 500, body: { code: 500, id: "required_policies_unknown" } });
      expect(answer.body).not.toHaveProperty("updateID");
      expect(await count()).toEqual(before);
    });

    test.each([
      ["starts up", "57P03", "database_unavailable"],
      ["has a full disk", "53100", "database_full"],
    ])("while the database %s there is no update either, and the client is told what to do", async (_, state, id) => {
      const stack = await newStack(t);
      await enablePack(`away-${id}`);
      await sql`alter table policy_group_packs rename to out_of_reach`.execute(t.db);
      await sql`create function refuse() returns boolean language plpgsql as
        $$ begin raise 'no' using errcode = ${sql.lit(state)}; end $$`.execute(t.db);
      await sql`create view policy_group_packs as select * from out_of_reach where refuse()`.execute(t.db);
      const answer = await t.send(`POST ${stack.path}/update`, {});
      await sql`drop view policy_group_packs`.execute(t.db);
      await sql`drop function refuse()`.execute(t.db);
      await sql`alter table out_of_reach rename to policy_group_packs`.execute(t.db);
      await disableAll();
      expect(answer).toMatchObject({ status: 503, body: { id } });
    });
  });

  describe("invariant 4: at most one real update holds a stack", () => {
    test("of 20 updates that start at once, one succeeds", async () => {
      const stack = await newStack(t);
      const ids = await Promise.all(Array.from({ length: 20 }, () => stack.create()));
      const answers = await Promise.all(ids.map((id) => stack.start(id)));
      const won = answers.flatMap(({ status }, index) => (status === 200 ? [ids[index]] : []));
      expect(won).toHaveLength(1);
      expect(answers.filter(({ body }) => body.id === "stack_busy")).toHaveLength(19);
      const { body } = await t.send(`GET ${stack.path}`);
      expect(body).toMatchObject({ version: 1, activeUpdate: won[0] });
    });

    test("one update that is started 10 times at once starts once", async () => {
      const stack = await newStack(t);
      const id = await stack.create();
      const answers = await Promise.all(Array.from({ length: 10 }, () => stack.start(id)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ body }) => body.id === "update_started")).toHaveLength(9);
    });

    test("an update can't take the lease from another one", async () => {
      const stack = await newStack(t);
      const update = await stack.run();
      const { stackId } = await leaseOf(stack, update);
      expect(await takeLease(t.db, stackId, await stack.create())).toBeUndefined();
      expect((await update.checkpoint({})).status).toBe(200);
    });

    test("the next update that starts ends one whose lease has expired", async () => {
      const stack = await newStack(t);
      const dead = await stack.run();
      await dead.checkpoint({ by: "dead" });
      await dead.expire();
      expect((await t.send(`GET ${stack.path}`)).body).not.toHaveProperty("currentOperation");
      const next = await stack.run();
      expect(next.version).toBe(2);
      expect((await t.send(`GET ${stack.path}/updates`)).body.updates).toMatchObject([
        { version: 2, result: "in-progress" },
        { version: 1, result: "failed" },
      ]);
      expect(await stack.exported()).toBe(stateOf({ by: "dead" }));
    });

    test("the sweep ends the updates whose lease has expired, and no others", async () => {
      const [dead, alive, dry] = [await newStack(t), await newStack(t), await newStack(t)];
      const updates = { dead: await dead.run(), alive: await alive.run(), dry: await dry.run("preview", true) };
      await updates.dead.expire();
      await updates.dry.expire();
      await endExpiredUpdates(t);
      const status = async (stack: TestStack, { id }: TestUpdate) =>
        (await t.send(`GET ${stack.path}/update/${id}`)).body.status;
      expect(await status(dead, updates.dead)).toBe("failed");
      expect(await status(dry, updates.dry)).toBe("failed");
      expect(await status(alive, updates.alive)).toBe("running");
      expect((await updates.alive.checkpoint({})).status).toBe(200);
      const { lease_update_id } = await t.db
        .selectFrom("stacks")
        .innerJoin("updates", "updates.stack_id", "stacks.id")
        .where("updates.id", "=", updates.dead.id)
        .select("lease_update_id")
        .executeTakeFirstOrThrow();
      expect(lease_update_id).toBeNull();
    });

    test("an update that was not started within 15 minutes can't be started, and the sweep deletes it", async () => {
      const stack = await newStack(t);
      const [old, young] = [await stack.create(), await stack.create()];
      await sql`update updates set created_at = now() - interval '15 minutes' where id = ${old}`.execute(t.db);
      expect(await stack.start(old)).toMatchObject({ status: 404, body: { id: "update_not_found" } });
      await endExpiredUpdates(t);
      expect((await t.send(`GET ${stack.path}/update/${old}`)).status).toBe(404);
      expect((await t.send(`GET ${stack.path}/update/${young}`)).status).toBe(200);
    });
  });

  describe("invariant 4: an update that has lost its lease never writes again", () => {
    const endings: [name: string, end: (update: TestUpdate) => Promise<unknown>][] = [
      ["was cancelled", (update) => update.cancel()],
      ["has expired", (update) => update.expire()],
      ["was ended by the sweep", (update) => update.expire().then(() => endExpiredUpdates(t))],
      ["has completed", (update) => update.complete()],
    ];

    test.each(endings)("one that %s", async (_, end) => {
      const stack = await newStack(t);
      const update = await stack.run();
      await update.checkpoint({ good: true });
      await end(update);
      expect(await update.checkpoint({ bad: true })).toMatchObject(LOST);
      expect(await update.events([{ sequence: 9, timestamp: 1 }])).toMatchObject(LOST);
      expect(await update.renew()).toMatchObject(LOST);
      expect(await stack.exported()).toBe(stateOf({ good: true }));
      const events = await t.db.selectFrom("engine_events").where("update_id", "=", update.id).selectAll().execute();
      expect(events).toEqual([]);
    });

    test.each(endings)(
      "one that read its lease before it %s, even while another update holds the stack",
      async (_, end) => {
        const stack = await newStack(t);
        const update = await stack.run();
        const lease = await leaseOf(stack, update);
        const resume = () => {
          const sent = { version: 3, deployment: Buffer.from('{"late":true}'), resourceCount: 0 };
          return saveCheckpoint({ db: t.db, lease } as LeaseCtx, sent);
        };
        await end(update);
        await expect(resume()).rejects.toMatchObject({ id: "lease_invalid" });
        const next = await stack.run();
        await next.checkpoint({ by: "next" });
        await expect(resume()).rejects.toMatchObject({ id: "lease_invalid" });
        expect(await stack.exported()).toBe(stateOf({ by: "next" }));
      },
    );

    // Two writers can wait for each other only on two connections, and the embedded database has one.
    if (engine.name === "PostgreSQL") {
      async function blocked(): Promise<void> {
        for (;;) {
          const { rows } = await sql`
            select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(
            t.db,
          );
          if (rows.length > 0) return;
        }
      }

      test.each<[name: string, write: (update: TestUpdate) => Promise<unknown>]>([
        ["a checkpoint", (update) => update.checkpoint({ late: true })],
        ["events", (update) => update.events([{ sequence: 0, timestamp: 1 }])],
        ["a renewal", (update) => update.renew()],
        ["complete", (update) => update.complete()],
      ])("%s that waits in the database while its update is cancelled", async (_, write) => {
        const stack = await newStack(t);
        const update = await stack.run();
        const before = await stack.exported();
        const { stackId } = await leaseOf(stack, update);
        const late = await t.db.transaction().execute(async (tx) => {
          await setCancelled(tx, [update.id]);
          await releaseLease(tx, stackId, update.id);
          const waiting = write(update);
          await blocked();
          return { waiting };
        });
        expect(await late.waiting).toMatchObject(LOST);
        expect(await stack.exported()).toBe(before);
      });

      test("a checkpoint whose lease expires while it waits for the stack", async () => {
        const stack = await newStack(t);
        const update = await stack.run();
        const before = await stack.exported();
        const { stackId } = await leaseOf(stack, update);
        const late = await t.db.transaction().execute(async (tx) => {
          await tx.selectFrom("stacks").where("id", "=", stackId).select("id").forUpdate().execute();
          const waiting = update.checkpoint({ late: true });
          await blocked();
          await update.expire();
          return { waiting };
        });
        expect(await late.waiting).toMatchObject(LOST);
        expect(await stack.exported()).toBe(before);
      });
    }

    test("a cancel between many checkpoints: a refused checkpoint is never the state", async () => {
      for (let round = 0; round < 5; round += 1) {
        const stack = await newStack(t);
        const update = await stack.run();
        await update.checkpoint({ n: -1 });
        const writes = Array.from({ length: 8 }, (_, n) => update.checkpoint({ n }));
        const [cancelled, ...answers] = await Promise.all([update.cancel(), ...writes]);
        expect(cancelled.status).toBe(200);
        const accepted = answers.flatMap(({ status }, n) => (status === 200 ? [n] : []));
        const { deployment } = JSON.parse(await stack.exported());
        expect([-1, ...accepted]).toContain(deployment.n);
        if (accepted.length > 0) expect(deployment.n).not.toBe(-1);
      }
    });
  });

  describe("invariant 5, in part: every retry is harmless", () => {
    test("everything that a running update sends twice counts once", async () => {
      const stack = await newStack(t);
      const update = await stack.run();
      const event = { sequence: 0, timestamp: 1, stdoutEvent: { message: "hello" } };
      for (const _ of ["sent", "sent again"]) {
        expect((await update.checkpoint({ n: 1 })).status).toBe(200);
        expect((await update.events([event])).status).toBe(200);
        expect((await update.renew()).body.token).toBe(update.token);
      }
      for (const _ of ["sent", "sent again"]) expect((await update.complete()).status).toBe(200);
      expect(await stack.exported()).toBe(stateOf({ n: 1 }));
      const { body } = await t.send(`GET ${stack.path}/update/${update.id}/events`);
      expect(body).toEqual({ events: [{ type: "stdoutEvent", ...event }], continuationToken: null });
      expect((await t.send(`GET ${stack.path}`)).body.version).toBe(1);
      expect((await stack.run()).version).toBe(2);
    });

    test("a repeated complete does not take the stack from the next update", async () => {
      const stack = await newStack(t);
      const first = await stack.run();
      await first.complete();
      const second = await stack.run();
      expect((await first.complete()).status).toBe(200);
      expect((await second.checkpoint({ by: "second" })).status).toBe(200);
    });

    test("a repeated cancel does not take the stack from the next update", async () => {
      const stack = await newStack(t);
      const first = await stack.run();
      await first.cancel();
      const second = await stack.run();
      expect((await first.cancel()).status).toBe(200);
      expect((await second.checkpoint({ by: "second" })).status).toBe(200);
    });
  });
});
