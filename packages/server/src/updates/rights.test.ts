import { type PluginTransformQueryArgs, type PluginTransformResultArgs, sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { OPERATOR } from "../audit/index.ts";
import { transaction } from "../context.ts";
import { lockRights } from "../people/index.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { holdStack, untilWaiting } from "../testing/locks.ts";
import { makeToken, person, team } from "../testing/people.ts";
import { newStack, type TestStack, type TestUpdate } from "../testing/stack.ts";
import { endUnentitled } from "./rights.ts";

const ORG = "/api/orgs/acme";

describe.each(engines)("on $name", (engine) => {
  let t: TestApp;
  let stack: TestStack;
  let n = 0;
  /** A login that nobody has yet. */
  let login: string;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  beforeEach(async () => {
    n += 1;
    login = `person${n}`;
    await setDefault("write");
    stack = await newStack(t);
  });
  afterAll(() => t.close());

  const setDefault = (permission: string) =>
    t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: permission });

  const teamPath = (name: string) => `${ORG}/teams/${name}`;
  const stackName = () => stack.name;

  /** Somebody who may update the stack only because their team may. */
  async function teamMember() {
    await setDefault("none");
    return team(t, login, { [`web/${stackName()}`]: 102 });
  }

  async function orgToken(body: object = {}) {
    return makeToken(t, ORG, { name: login, ...body });
  }

  async function start(as: string, dryRun = false): Promise<TestUpdate> {
    const created = await t.send(`POST ${stack.path}/update`, { options: { dryRun } }, { as });
    const started = await t.send(`POST ${stack.path}/update/${created.body.updateID}`, {}, { as });
    expect(started.status).toBe(200);
    return stack.update({ id: created.body.updateID, ...started.body });
  }

  const isOver = async (update: TestUpdate) => {
    expect((await update.renew()).body).toMatchObject({ code: 403, id: "lease_invalid" });
    expect((await update.checkpoint({ late: true })).status).toBe(403);
    expect((await update.events([{ sequence: 0, timestamp: 1 }])).status).toBe(403);
    expect((await update.complete()).status).toBe(403);
    expect((await t.send(`GET ${stack.path}/update/${update.id}`)).body.status).toBe("cancelled");
    expect(await stack.exported()).not.toContain("late");
  };

  /** What the audit log says of the ends of the stack's updates. */
  const endsInLog = async () => {
    const query = t.db.selectFrom("audit_log").where("event", "=", "Update Cancelled").select("description");
    return query.where("description", "like", `Stack web/${stackName()}: %`).execute();
  };

  /** Each gives somebody the right to update the stack, and returns how it is taken away. */
  const endings: [string, () => Promise<{ as: string; end: () => Promise<unknown> }>][] = [
    [
      "a member is removed",
      async () => ({ as: await person(t, login), end: () => t.send(`DELETE ${ORG}/members/${login}`) }),
    ],
    [
      "an admin becomes a member who may only read",
      async () => {
        await setDefault("read");
        const as = await person(t, login, "admin");
        return { as, end: () => t.send(`PATCH ${ORG}/members/${login}`, { role: "member" }) };
      },
    ],
    [
      "the organization's default permission is lowered",
      async () => ({ as: await person(t, login), end: () => setDefault("read") }),
    ],
    [
      "a member leaves the team that may write",
      async () => ({
        as: await teamMember(),
        end: () => t.send(`PATCH ${teamPath(login)}`, { memberAction: "remove", member: `${login}-member` }),
      }),
    ],
    [
      "the team's permission is lowered",
      async () => ({
        as: await teamMember(),
        end: () =>
          t.send(`PATCH ${teamPath(login)}`, {
            editStackPermission: { projectName: "web", stackName: stackName(), permission: 101 },
          }),
      }),
    ],
    [
      "the team loses the stack",
      async () => ({
        as: await teamMember(),
        end: () => t.send(`PATCH ${teamPath(login)}`, { removeStack: { projectName: "web", stackName: stackName() } }),
      }),
    ],
    ["the team is removed", async () => ({ as: await teamMember(), end: () => t.send(`DELETE ${teamPath(login)}`) })],
    [
      "a person revokes the token",
      async () => {
        const other = await person(t, login);
        const { id, as } = await makeToken(t, "/api/user", {}, other);
        return { as, end: () => t.send(`DELETE /api/user/tokens/${id}`, undefined, { as: other }) };
      },
    ],
    [
      "an organization's token is revoked",
      async () => {
        const { id, as } = await orgToken();
        return { as, end: () => t.send(`DELETE ${ORG}/tokens/${id}`) };
      },
    ],
    [
      "a team's token is revoked",
      async () => {
        await teamMember();
        const { id, as } = await makeToken(t, teamPath(login), { name: "ci" });
        return { as, end: () => t.send(`DELETE ${teamPath(login)}/tokens/${id}`) };
      },
    ],
    [
      "the team of a team's token is removed",
      async () => {
        await teamMember();
        const { as } = await makeToken(t, teamPath(login), { name: "ci" });
        return { as, end: () => t.send(`DELETE ${teamPath(login)}`) };
      },
    ],
  ];

  test.each(endings)("a running update ends and frees its stack when %s", async (_, prepare) => {
    const { as, end } = await prepare();
    const update = await start(as);
    expect((await update.checkpoint({ early: true })).status).toBe(200);
    await end();
    await isOver(update);
    expect(await endsInLog()).toEqual([
      { description: `Stack web/${stackName()}: update ${update.id}, because it has no right to run any more` },
    ]);
    expect((await stack.run()).version).toBe(2);
  });

  test.each(endings)("a running preview ends when %s", async (_, prepare) => {
    const { as, end } = await prepare();
    const preview = await start(as, true);
    await end();
    expect((await preview.events([{ sequence: 0, timestamp: 1 }])).status).toBe(403);
  });

  const staying: [string, () => Promise<{ as: string; change: () => Promise<unknown> }>][] = [
    [
      "the token expires",
      async () => {
        const { id, as } = await orgToken();
        const past = sql<Date>`clock_timestamp() - interval '1 hour'`;
        return {
          as,
          change: () => t.db.updateTable("tokens").set({ expires_at: past }).where("id", "=", id).execute(),
        };
      },
    ],
    [
      "an admin becomes a member who may write",
      async () => ({
        as: await person(t, login, "admin"),
        change: () => t.send(`PATCH ${ORG}/members/${login}`, { role: "member" }),
      }),
    ],
    [
      "the default permission is lowered for somebody whose team may write",
      async () => ({ as: await teamMember(), change: () => setDefault("read") }),
    ],
    [
      "somebody else is removed",
      async () => {
        await person(t, `${login}b`);
        return { as: await person(t, login), change: () => t.send(`DELETE ${ORG}/members/${login}b`) };
      },
    ],
    [
      "another token of the same person is revoked",
      async () => {
        const as = await person(t, login);
        const { id } = await makeToken(t, "/api/user", {}, as);
        return { as, change: () => t.send(`DELETE /api/user/tokens/${id}`, undefined, { as }) };
      },
    ],
    [
      "the default permission is lowered for an update that started before starts were recorded",
      async () => ({
        as: await person(t, login),
        change: async () => {
          await t.db.updateTable("updates").set({ started_with: null }).where("status", "=", "running").execute();
          await setDefault("read");
        },
      }),
    ],
  ];

  test.each(staying)("a running update goes on when %s", async (_, prepare) => {
    const { as, change } = await prepare();
    const update = await start(as);
    await change();
    expect(await endsInLog()).toEqual([]);
    expect((await update.checkpoint({ kept: true })).status).toBe(200);
    expect((await update.events([{ sequence: 0, timestamp: 1 }])).status).toBe(200);
    expect((await update.complete()).status).toBe(200);
    expect(await stack.exported()).toContain("kept");
  });

  test("a member of another organization keeps their update there when they are removed here", async () => {
    const as = await person(t, login);
    await t.send("POST /api/quillon/orgs", { name: `org-${login}` });
    await person(t, login, "member", `org-${login}`);
    await t.send(`POST /api/stacks/org-${login}/web`, { stackName: "dev" });
    stack = { ...stack, name: "dev", path: `/api/stacks/org-${login}/web/dev` };
    const created = await t.send(`POST ${stack.path}/update`, {}, { as });
    const { body } = await t.send(`POST ${stack.path}/update/${created.body.updateID}`, {}, { as });
    await t.send(`DELETE ${ORG}/members/${login}`);
    const renewed = await t.send(
      `POST ${stack.path}/update/${created.body.updateID}/renew_lease`,
      { token: "", duration: 300 },
      { as: `update-token ${body.token}` },
    );
    expect(renewed.status).toBe(200);
  });

  test.each([
    ["go on", "write"],
    ["end", "read"],
  ] as const)(
    "rights are changed with as many statements for five updates of a person as for one, when they %s",
    async (_, permission) => {
      // Those of other tests end.
      await setDefault("read");
      const as = await person(t, login);
      const statements = async (previews: number) => {
        await setDefault("write");
        for (let made = 0; made < previews; made += 1) await start(as, true);
        const organization = t.db.updateTable("organizations").set({ default_permission: permission });
        const { id } = await organization.where("name", "=", "acme").returning("id").executeTakeFirstOrThrow();
        let count = 0;
        const counter = {
          transformQuery: ({ node }: PluginTransformQueryArgs) => {
            count += 1;
            return node;
          },
          transformResult: async ({ result }: PluginTransformResultArgs) => result,
        };
        await transaction({ db: t.db.withPlugin(counter), ...OPERATOR }, (tx) =>
          endUnentitled(tx, { organizationId: id }),
        );
        return count;
      };
      const ofOne = await statements(1);
      expect(await statements(5)).toBe(ofOne);
      expect(await endsInLog()).toHaveLength(permission === "read" ? 6 : 0);
    },
  );

  // The embedded database has one connection, so there nothing can happen during a transaction.
  if (engine.name === "PostgreSQL") {
    test("an update that is being started while its member is removed ends too", async () => {
      const as = await person(t, login);
      const created = await t.send(`POST ${stack.path}/update`, {}, { as });
      const held = await holdStack(t, stackName());
      const starting = t.send(`POST ${stack.path}/update/${created.body.updateID}`, {}, { as });
      await untilWaiting(t, 1);
      const removing = t.send(`DELETE ${ORG}/members/${login}`);
      await untilWaiting(t, 2);
      held.release();
      const [started, removed] = await Promise.all([starting, removing]);
      expect(removed.status).toBe(204);
      await isOver(stack.update({ id: created.body.updateID, ...started.body }));
    });

    test("an update that is being started when its stack is removed is told that there is no such stack", async () => {
      const as = await person(t, login);
      const created = await t.send(`POST ${stack.path}/update`, {}, { as });
      const org = await t.db
        .selectFrom("organizations")
        .where("name", "=", "acme")
        .select("id")
        .executeTakeFirstOrThrow();
      const { starting } = await t.db.transaction().execute(async (db) => {
        await lockRights(db, org.id);
        const starting = t.send(`POST ${stack.path}/update/${created.body.updateID}`, {}, { as });
        await untilWaiting(t, 1);
        await db.deleteFrom("stacks").where("name", "=", stackName()).execute();
        return { starting };
      });
      expect(await starting).toMatchObject({ status: 404, body: { id: "stack_not_found" } });
    });

    test("an update that is being started while its token is revoked ends too", async () => {
      const { id, as } = await orgToken();
      const created = await t.send(`POST ${stack.path}/update`, {}, { as });
      const held = await holdStack(t, stackName());
      const starting = t.send(`POST ${stack.path}/update/${created.body.updateID}`, {}, { as });
      await untilWaiting(t, 1);
      const revoking = t.send(`DELETE ${ORG}/tokens/${id}`);
      await untilWaiting(t, 2);
      held.release();
      const [started] = await Promise.all([starting, revoking]);
      await isOver(stack.update({ id: created.body.updateID, ...started.body }));
    });
  }
});
