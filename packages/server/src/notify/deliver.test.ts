import { createServer, type Socket } from "node:net";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { handle, Runner } from "../jobs/index.ts";
import { Sender } from "../outbound/sender.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { Destination } from "../testing/destination.ts";
import { newVersion } from "../testing/group.ts";
import { newStack } from "../testing/stack.ts";
import { deliver, deliverJob } from "./index.ts";
import { signatureOf } from "./signature.ts";

const ORG = "/api/orgs/acme/hooks";

describe.each(engines)("the outbox on $name", (engine) => {
  let t: TestApp;
  let destination: Destination;
  let runner: Runner | undefined;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());
  beforeEach(async () => {
    destination = await Destination.listen();
  });
  afterEach(async () => {
    await runner?.stop(5_000);
    runner = undefined;
    for (const { name } of (await t.send(`GET ${ORG}`)).body) await t.send(`DELETE ${ORG}/${name}`);
    await destination.close();
  });

  async function start(sender: Sender = t.sender): Promise<void> {
    const work = handle(deliverJob, (data, last) =>
      deliver({ db: t.db, keys: t.keys, sender, metrics: t.metrics }, data, last),
    );
    runner = new Runner({ db: t.db, log: t.app.log, handlers: [work], pollMs: 20 });
    await runner.start();
  }

  const hook = async (body: object = {}, owner = ORG) =>
    (await t.send(`POST ${owner}`, { payloadUrl: `${destination.url}/x`, secret: "key", ...body })).body;
  const retryNow = () => sql`update pgboss.job set start_after = now() - interval '1 second'`.execute(t.db);

  /** Waits until a webhook's newest message has been answered so. */
  async function answered(name: string, code: number) {
    for (;;) {
      const [newest] = (await t.send(`GET ${ORG}/${name}/deliveries`)).body;
      if (newest?.responseCode === code) return newest;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  test("An update that ends is told to the webhooks that ask for it, once, and signed", async () => {
    const stack = await newStack(t);
    const other = await newStack(t);
    await hook({ name: "all" });
    await hook({ name: "failures", filters: ["update_failed"], payloadUrl: `${destination.url}/failures` });
    await hook({ name: "off", active: false, payloadUrl: `${destination.url}/off` });
    await hook({ name: "own", payloadUrl: `${destination.url}/own` }, `${stack.path}/hooks`);
    await hook({ name: "others", payloadUrl: `${destination.url}/others` }, `${other.path}/hooks`);
    await start();
    const update = await stack.run();
    await update.complete();
    await update.complete();
    await t.upkeep();
    const received = await destination.reach(2);
    await (await stack.run("refresh")).complete("failed");
    await destination.reach(4);
    expect(received.map(({ path }) => path).sort()).toEqual(["/own", "/own", "/x", "/x"]);
    const first = received.find(({ path }) => path === "/x");
    expect(first?.headers).toMatchObject({
      "content-type": "application/json",
      "pulumi-webhook-kind": "stack_update",
      "pulumi-webhook-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
      "pulumi-webhook-signature": signatureOf(first?.body ?? "", "key"),
    });
    expect(JSON.parse(first?.body ?? "")).toMatchObject({
      user: { githubLogin: "admin" },
      organization: { githubLogin: "acme" },
      projectName: "web",
      kind: "update",
      result: "succeeded",
      isPreview: false,
    });
  });

  test("An update that somebody cancels, or that stops to answer, has failed", async () => {
    await hook({ filters: ["update_failed"] });
    await start();
    const [cancelled, expired] = [await (await newStack(t)).run(), await (await newStack(t)).run()];
    await cancelled.cancel();
    await expired.expire();
    await t.upkeep();
    const received = await destination.reach(2);
    expect(received.map(({ body }) => JSON.parse(body).result)).toEqual(["failed", "failed"]);
  });

  test("Stacks, policy packs and policy groups tell of their changes", async () => {
    await hook({ filters: ["stack_created", "stack_renamed", "stack_deleted"], groups: ["policy_changes"] });
    await start();
    const { path } = await newStack(t);
    await t.send(`POST ${path}/rename`, { newName: "renamed" });
    await t.send("DELETE /api/stacks/acme/web/renamed");
    await newVersion(t, "told", "1.0.0");
    await t.send("POST /api/orgs/acme/policygroups", { name: "told", mode: "preventative" });
    await t.send("PATCH /api/orgs/acme/policygroups/told", { addPolicyPack: { name: "told" } });
    await t.send("PATCH /api/orgs/acme/policygroups/told", { removePolicyPack: { name: "told" } });
    await t.send("DELETE /api/orgs/acme/policygroups/told");
    await t.send("DELETE /api/orgs/acme/policypacks/told");
    const told = (await destination.reach(9)).map(({ headers, body }) => {
      const { action, changes } = JSON.parse(body);
      return [headers["pulumi-webhook-kind"], action, ...(changes ?? [])].join(" ");
    });
    expect(told.sort()).toEqual(
      [
        "stack created",
        "stack renamed",
        "stack deleted",
        "policy_pack published",
        "policy_group created preventative, of stacks",
        "policy_group updated policy pack told 1.0.0 enabled",
        "policy_group updated policy pack told 1.0.0 disabled",
        "policy_group removed",
        "policy_pack removed",
      ].sort(),
    );
  });

  test("A message that is refused is sent again, with the same id and bytes", async () => {
    const codes = [500, 302, 200];
    destination.answer = (_, response) =>
      response.writeHead(codes.shift() ?? 200, { location: `${destination.url}/inside` }).end();
    const { name } = await hook({ filters: ["stack_created"] });
    await start();
    await newStack(t);
    await answered(name, 500);
    await retryNow();
    await answered(name, 302);
    await retryNow();
    await answered(name, 200);
    const [first, second, third] = destination.received;
    expect(destination.received.map(({ path }) => path)).toEqual(["/x", "/x", "/x"]);
    expect(new Set([first?.body, second?.body, third?.body]).size).toBe(1);
    expect(new Set(destination.received.map(({ headers }) => headers["pulumi-webhook-id"])).size).toBe(1);
  });

  test("A message that somebody sends once more in vain is still sent again", async () => {
    const codes = [500, 501, 200];
    destination.answer = (_, response) => response.writeHead(codes.shift() ?? 200).end();
    const { name } = await hook({ filters: ["stack_created"] });
    await start();
    await newStack(t);
    const { id } = await answered(name, 500);
    const again = await t.send(`POST ${ORG}/${name}/deliveries/${id}/redeliver`);
    expect(again).toMatchObject({ status: 200, body: { id, responseCode: 501 } });
    await retryNow();
    await answered(name, 200);
    expect(destination.received).toHaveLength(3);
  });

  test("A message that was stored before the server died is delivered by the next one", async () => {
    await hook({ filters: ["stack_created"] });
    await newStack(t);
    expect(destination.received).toEqual([]);
    await start();
    await destination.reach(1);
  });

  test("The webhook of a stack that is gone, and one that was switched off, get nothing", async () => {
    const stack = await newStack(t);
    await hook({ name: "gone", payloadUrl: `${destination.url}/gone` }, `${stack.path}/hooks`);
    await hook({ name: "off", filters: ["update_succeeded"], payloadUrl: `${destination.url}/off` });
    await hook({ name: "on", filters: ["update_succeeded"], payloadUrl: `${destination.url}/on` });
    await (await stack.run()).complete();
    await t.send(`DELETE ${stack.path}`);
    await t.send(`PATCH ${ORG}/off`, { active: false });
    await start();
    await destination.reach(1);
    const waiting = () =>
      sql<{
        n: number;
      }>`select count(*)::int as n from pgboss.job where state < 'completed' and name = 'deliver-webhook'`;
    while ((await waiting().execute(t.db)).rows[0]?.n !== 0) await new Promise((resolve) => setImmediate(resolve));
    expect(destination.received.map(({ path }) => path)).toEqual(["/on"]);
  });

  test("A webhook that never answers keeps no other from its messages", async () => {
    const open: Socket[] = [];
    const silent = createServer((socket) => open.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const { name } = await hook({ filters: ["stack_created"], payloadUrl: `http://127.0.0.1:${port}/x` });
    for (let made = 0; made < 20; made += 1) await newStack(t);
    await hook({ filters: ["stack_renamed"] });
    const { path } = await newStack(t);
    await start(new Sender({ allowed: ["127.0.0.0/8"], timeoutMs: 60_000 }));
    await t.send(`POST ${path}/rename`, { newName: "moved" });
    await destination.reach(1);
    await t.send("DELETE /api/stacks/acme/web/moved");
    // So many are on their way to it that no more are sent, not even when somebody asks.
    expect(await t.send(`POST ${ORG}/${name}/ping`)).toMatchObject({ status: 503, body: { id: "server_busy" } });
    await t.send(`DELETE ${ORG}/${name}`);
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  test("An organization whose webhooks never answer keeps no other from its messages", async () => {
    const open: Socket[] = [];
    const silent = createServer((socket) => open.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    for (let made = 0; made < 6; made += 1)
      await hook({ filters: ["stack_created"], payloadUrl: `http://127.0.0.1:${port}/x` });
    for (let made = 0; made < 4; made += 1) await newStack(t);
    await t.send("POST /api/quillon/orgs", { name: "globex" });
    await hook({ name: "quick", filters: ["stack_created"] }, "/api/orgs/globex/hooks");
    await t.send("POST /api/stacks/globex/web", { stackName: "dev" });
    await start(new Sender({ allowed: ["127.0.0.0/8"], timeoutMs: 60_000 }));
    await destination.reach(1);
    for (const { name } of (await t.send(`GET ${ORG}`)).body) await t.send(`DELETE ${ORG}/${name}`);
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });
});
