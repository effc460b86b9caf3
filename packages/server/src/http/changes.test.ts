import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { FastifyRequest } from "fastify";
import { afterEach, describe, expect, test } from "vitest";
import { FACTS, startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { person } from "../testing/people.ts";
import { newStack, type TestStack } from "../testing/stack.ts";
import { buildApp } from "./app.ts";
import { CHANGE_BOUNDS, type ChangeBounds, Changes } from "./changes.ts";
import { ChangesReply } from "./route.ts";

interface Told {
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what a test asserts
  data: any;
  id?: string;
}

describe.each(engines)("the changes of a stack on $name", (engine) => {
  let t: TestApp;
  let on: TestStack;
  let path: string;
  const left: (() => unknown)[] = [];

  async function start(bounds: Partial<ChangeBounds> = {}): Promise<void> {
    t = await startApp(engine, {}, { changeBounds: { lookMs: 20, ...bounds } });
    await t.app.listen({ host: "127.0.0.1", port: 0 });
    on = await newStack(t);
    path = `/api/quillon/orgs/acme/stacks/web/${on.name}/changes`;
  }
  afterEach(async () => {
    for (const leave of left.splice(0)) await leave();
    // Also those that the client has opened for a request and not used.
    t.app.server.closeAllConnections();
    await t.close();
  });

  const urlOf = ({ app }: Pick<TestApp, "app">) => `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;

  async function listen(headers: Record<string, string> = {}, at = urlOf(t)) {
    const over = new AbortController();
    left.push(() => over.abort());
    const response = await fetch(`${at}${path}`, {
      headers: { authorization: `token ${t.token}`, ...headers },
      signal: over.signal,
    });
    const parts = readParts(response);
    return {
      response,
      leave: () => over.abort(),
      /** The next event; undefined when there are no more. */
      async next(): Promise<Told | undefined> {
        for (;;) {
          const { value, done } = await parts.next();
          if (done) return undefined;
          const told = readEvent(value);
          if (told) return told;
        }
      },
      /** The next part, which may be a comment. */
      part: async () => (await parts.next()).value,
    };
  }

  test("are told one after the other: which run was started, has new events, has ended and was settled", async () => {
    await start();
    const { response, next } = await listen();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    });
    expect(await next()).toMatchObject({ event: "start", data: { missed: true } });
    const update = await on.run();
    const run = { event: "run", data: { updateID: update.id } };
    expect(await next()).toMatchObject(run);
    const event = (sequence: number) => ({ sequence, timestamp: 0, stdoutEvent: { message: "hunter2", color: "" } });
    await update.events([event(1)]);
    expect(await next()).toMatchObject({ event: "events", data: { updateID: update.id } });
    // It comes late.
    await update.events([event(0)]);
    expect(await next()).toMatchObject({ event: "events", data: { updateID: update.id } });
    await update.complete();
    expect(await next()).toMatchObject(run);
    await t.upkeep();
    expect(await next()).toMatchObject(run);
  });

  test("of another stack are not told", async () => {
    await start();
    const { next } = await listen();
    await next();
    const other = await newStack(t);
    await (await other.run()).complete();
    const update = await on.run();
    expect(await next()).toMatchObject({ event: "run", data: { updateID: update.id } });
  });

  test("that a client missed are told as such, and only if there are any", async () => {
    await start();
    const first = await listen();
    const { id = "" } = (await first.next()) ?? {};
    first.leave();
    const again = await listen({ "last-event-id": id });
    expect(await again.next()).toEqual({ event: "start", data: { missed: false }, id });
    const update = await on.run();
    const told = await again.next();
    expect(told).toMatchObject({ event: "run", data: { updateID: update.id } });
    expect((await (await listen({ "last-event-id": id })).next())?.data).toEqual({ missed: true });
    expect((await (await listen({ "last-event-id": told?.id ?? "" })).next())?.data).toEqual({ missed: false });
  });

  test("are told by each of several servers of one database", async () => {
    await start();
    const { db, keys, blobs, workers, sender, metrics } = t;
    const limits = { json: 1e6, pack: 1e6, state: 1e6, secret: 1e6, archive: 1e6, entries: 10, requests: 1e9 };
    const base = { db, keys, blobs, workers, sender, metrics, limits, server: FACTS };
    const other = buildApp(base, { logLevel: "silent", changeBounds: { lookMs: 20 } });
    left.push(() => other.close());
    await other.listen({ host: "127.0.0.1", port: 0 });
    const { next } = await listen({}, urlOf({ app: other }));
    await next();
    const update = await on.run();
    expect(await next()).toMatchObject({ event: "run", data: { updateID: update.id } });
  });

  test.each<[string, () => Promise<unknown>, string]>([
    [
      "whose permission is withdrawn",
      () => t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" }),
      "stack_not_found",
    ],
    ["who is removed", () => t.send("DELETE /api/orgs/acme/members/eve"), "organization_not_found"],
    [
      "whose token is revoked",
      () =>
        t.db
          .deleteFrom("tokens")
          .where("user_id", "in", (users) => users.selectFrom("users").where("login", "=", "eve").select("id"))
          .execute(),
      "unauthorized",
    ],
    ["of a stack that is removed", () => t.send(`DELETE ${on.path}`), "stack_not_found"],
    ["of a stack that is renamed", () => t.send(`POST ${on.path}/rename`, { newName: "other" }), "stack_not_found"],
    [
      "of a stack that is removed and made again",
      async () => {
        await t.send(`DELETE ${on.path}`);
        await t.send("POST /api/stacks/acme/web", { stackName: on.name });
      },
      "stack_not_found",
    ],
  ])("are told no more to somebody %s", async (_, change, id) => {
    await start({ assureMs: 40 });
    const { next } = await listen({ authorization: await person(t, "eve") });
    await next();
    await change();
    expect(await next()).toMatchObject({ event: "end", data: { id, message: expect.stringMatching(/./) } });
    expect(await next()).toBeUndefined();
  });

  test("are not told after a right was withdrawn, not even for once", async () => {
    await start({ assureMs: 3_600_000 });
    const { next } = await listen({ authorization: await person(t, "eve") });
    await next();
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    await on.run();
    expect(await next()).toMatchObject({ event: "end" });
  });

  test("are told on so many connections of one caller, and of all", async () => {
    await start({ mostOfCaller: 2, most: 3 });
    const first = await listen();
    await listen();
    const third = await listen();
    expect(third.response.status).toBe(429);
    expect(await third.part()).toContain("You are told of changes on 2 connections already");
    const eve = { authorization: await person(t, "eve") };
    expect((await listen(eve)).response.status).toBe(200);
    expect(await (await listen(eve)).part()).toContain("This server tells of changes on 3 connections already");
    first.leave();
    await expect.poll(async () => (await listen()).response.status).toBe(200);
  });

  test("are no answer to HEAD, which takes no place", async () => {
    await start({ most: 1 });
    const headers = { authorization: `token ${t.token}` };
    expect((await fetch(`${urlOf(t)}${path}`, { method: "HEAD", headers })).status).toBe(200);
    await expect.poll(async () => (await listen()).response.status).toBe(200);
  });

  test("are told for so long, and then the client connects again", async () => {
    await start({ longestMs: 40 });
    const { next } = await listen();
    expect(await next()).toMatchObject({ event: "start" });
    expect(await next()).toBeUndefined();
  });

  test("do not keep a server from ending", async () => {
    await start();
    const { next } = await listen();
    await next();
    await t.app.close();
    expect(await next()).toBeUndefined();
  });

  test("that can't be read are told when they can, and meanwhile something comes", async () => {
    await start({ assureMs: 40 });
    const { next, part } = await listen();
    await next();
    await t.db.schema.alterTable("engine_events").renameTo("hidden_events").execute();
    const update = await on.run();
    expect(await part()).toBe(":");
    await t.db.schema.alterTable("hidden_events").renameTo("engine_events").execute();
    expect(await next()).toMatchObject({ event: "run", data: { updateID: update.id } });
  });

  test("are not kept for a client that does not take them", async () => {
    await start();
    const { stack, actor } = await contextOf();
    const bounds = { ...CHANGE_BOUNDS, lookMs: 20, untaken: 150 };
    const changes = new Changes(t.db, t.app.log, bounds);
    left.push(() => changes.close());
    const ctx = { stack, actor };
    const request = { ctx, over: new AbortController() } as unknown as FastifyRequest;
    const again = async () => ctx as never;
    const { body } = await changes.open(request, new ChangesReply(stack, undefined), again);
    const closed = once(body as never, "close");
    const update = await on.run();
    await closed;
    await update.complete();
  });

  async function contextOf() {
    const { id, project, name } = await t.db
      .selectFrom("stacks")
      .where("name", "=", on.name)
      .selectAll()
      .executeTakeFirstOrThrow();
    return { stack: { id, project, name }, actor: { userId: "somebody" } };
  }
});

async function* readParts({ body }: Response): AsyncGenerator<string, undefined> {
  let rest = "";
  for await (const chunk of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    const parts = `${rest}${chunk}`.split("\n\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest) yield rest;
}

function readEvent(part: string): Told | undefined {
  const fields = Object.fromEntries(part.split("\n").map((line) => line.split(/: (.*)/).slice(0, 2)));
  if (!fields.event) return undefined;
  return { event: fields.event, data: JSON.parse(fields.data ?? ""), ...(fields.id && { id: fields.id }) };
}
