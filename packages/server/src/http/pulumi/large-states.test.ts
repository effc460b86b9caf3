import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { secondsAgo } from "../../db/time.ts";
import { sweepUpdateBlobs } from "../../state/index.ts";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newStack, sendText } from "../../testing/stack.ts";

describe.each(engines)("large bodies on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  /** Does not get smaller than a row may be when it is compressed. */
  const large = () => ({
    resources: [{ urn: "urn:pulumi:dev::web::a:b:C::n", inputs: { text: randomBytes(600_000).toString("base64") } }],
  });
  const stateOf = (deployment: object) => JSON.stringify({ version: 3, deployment });
  const blobsOf = async () => (await t.db.selectFrom("update_blobs").select("name").execute()).map(({ name }) => name);

  test("a large state is a blob, and is exported to the byte", async () => {
    const stack = await newStack(t);
    const update = await stack.run();
    const deployment = large();
    expect((await update.checkpoint(deployment)).status).toBe(200);
    expect(await stack.exported()).toBe(stateOf(deployment));
    expect(await stack.exported(update.version)).toBe(stateOf(deployment));
    const row = t.db.selectFrom("checkpoints").where("update_id", "=", update.id).select(["body", "blob"]);
    expect(await row.executeTakeFirst()).toEqual({ body: null, blob: expect.stringMatching(/^states\//) });
  });

  test("a large state that was replaced is swept, and the newest is not", async () => {
    const stack = await newStack(t);
    const update = await stack.run();
    await update.checkpoint(large());
    const replaced = await blobsOf();
    const newest = large();
    await update.checkpoint(newest);
    await t.db
      .updateTable("update_blobs")
      .set({ created_at: secondsAgo(7200) } as object)
      .execute();
    await sweepUpdateBlobs(t);
    const left = await blobsOf();
    expect(left).not.toEqual(expect.arrayContaining(replaced));
    expect(left.length).toBeGreaterThan(0);
    expect(await stack.exported()).toBe(stateOf(newest));
  });

  test("a large state that the same update has replaced does not wait for an hour to be swept", async () => {
    const stack = await newStack(t);
    const update = await stack.run();
    const others = await blobsOf();
    await update.checkpoint(large());
    const replaced = (await blobsOf()).filter((name) => !others.includes(name));
    const newest = large();
    await update.checkpoint(newest);
    await sweepUpdateBlobs(t);
    expect(await blobsOf()).not.toEqual(expect.arrayContaining(replaced));
    expect(await stack.exported()).toBe(stateOf(newest));
  });

  test("a large state for which the disk has no room is refused until there is some", async () => {
    const stack = await newStack(t);
    const update = await stack.run();
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    vi.spyOn(t.blobs, "put").mockRejectedValueOnce(full);
    const deployment = large();
    const refused = await update.checkpoint(deployment);
    expect(refused).toMatchObject({
      status: 503,
      body: { id: "storage_unavailable" },
      headers: { "retry-after": "2" },
    });
    expect((await update.checkpoint(deployment)).status).toBe(200);
    expect(await stack.exported()).toBe(stateOf(deployment));
  });

  test("a blob whose row was never written is swept", async () => {
    const stack = await newStack(t);
    const update = await stack.run();
    await update.cancel();
    const before = await blobsOf();
    expect((await update.checkpoint(large())).status).not.toBe(200);
    await t.db
      .updateTable("update_blobs")
      .set({ created_at: secondsAgo(7200) } as object)
      .execute();
    await sweepUpdateBlobs(t);
    expect((await blobsOf()).filter((name) => !before.includes(name))).toEqual([]);
  });

  test.each<[what: string, damage: (gzip: Buffer) => Buffer]>([
    ["was cut", (gzip) => gzip.subarray(0, -1)],
    ["is empty", () => Buffer.alloc(0)],
    ["has grown", (gzip) => Buffer.concat([gzip, Buffer.from([0])])],
    [
      "is another gzip of the same length",
      (gzip) => Buffer.concat([gzip.subarray(0, 4), Buffer.of(1), gzip.subarray(5)]),
    ],
    ["was cut, and has a whole gzip in its place", () => gzipSync('{"version":3,"deployment":{}}')],
  ])("a state whose blob %s is never answered, and nothing is made of it", async (_, damage) => {
    const stack = await newStack(t);
    const update = await stack.run();
    await update.checkpoint(large());
    await update.complete();
    const row = t.db.selectFrom("checkpoints").where("update_id", "=", update.id).select("blob");
    const path = join(t.folder, (await row.executeTakeFirstOrThrow()).blob ?? "");
    await writeFile(path, damage(await readFile(path)));
    const refusal = { status: 503, body: { code: 503, id: "state_damaged" } };
    expect(await t.send(`GET ${stack.path}/export`)).toMatchObject(refusal);
    expect(await t.send(`GET ${stack.path}/export/${update.version}`)).toMatchObject(refusal);
    expect(await t.send(`POST ${stack.path}/rename`, { newName: "undamaged" })).toMatchObject(refusal);
    expect(await t.send(`DELETE ${stack.path}`)).toMatchObject(refusal);
  });

  test("a state whose blob is lost, or has a folder in its place, is refused", async () => {
    const stack = await newStack(t);
    const update = await stack.run();
    await update.checkpoint(large());
    const row = t.db.selectFrom("checkpoints").where("update_id", "=", update.id).select("blob");
    const path = join(t.folder, (await row.executeTakeFirstOrThrow()).blob ?? "");
    await update.complete();
    const refusal = { status: 503, body: { code: 503, id: "state_missing" } };
    await rm(path);
    expect(await t.send(`GET ${stack.path}/export`)).toMatchObject(refusal);
    await mkdir(path);
    expect(await t.send(`GET ${stack.path}/export`)).toMatchObject(refusal);
    expect(await t.send(`DELETE ${stack.path}`)).toMatchObject(refusal);
    expect((await t.send(`DELETE ${stack.path}?force=true`)).status).toBe(200);
  });

  test("a stack with a large state is renamed", async () => {
    const stack = await newStack(t);
    const deployment = large();
    expect((await t.send(`POST ${stack.path}/import`, { version: 3, deployment })).status).toBe(200);
    const newName = `renamed-${engine.name}`.toLowerCase();
    expect((await t.send(`POST ${stack.path}/rename`, { newName })).status).toBe(200);
    const answer = await t.send(`GET /api/stacks/acme/web/${newName}/export`);
    const [resource] = deployment.resources;
    const urn = `urn:pulumi:${newName}::web::a:b:C::n`;
    expect(answer.body.deployment).toEqual({ resources: [{ ...resource, urn }] });
  });

  test("secrets are encrypted and decrypted in large batches", async () => {
    const stack = await newStack(t);
    const plaintexts = Array.from({ length: 500 }, () => randomBytes(400).toString("base64"));
    const { body } = await t.send(`POST ${stack.path}/batch-encrypt`, { plaintexts });
    const decrypted = await t.send(`POST ${stack.path}/batch-decrypt`, { ciphertexts: body.ciphertexts });
    expect(body.ciphertexts.map((sealed: string) => decrypted.body.plaintexts[sealed])).toEqual(plaintexts);
  });

  const many = `[${"{},".repeat(500_000)}{}]`;
  const deep = "[".repeat(20_000) + "]".repeat(20_000);

  test.each<[what: string, route: string, body: string, id: string]>([
    ["a state that is an array of objects", "import", many, "invalid_input"],
    ["a state that is nested without end", "import", `{"version":3,"deployment":{"x":${deep}}}`, "invalid_json"],
    ["a state that is cut off", "import", `{"version":3,"deployment":{"x":${many}`, "invalid_json"],
    ["features without end", "import", `{"version":3,"features":${many},"deployment":{}}`, "invalid_json"],
    ["secrets without end", "batch-encrypt", `{"plaintexts":${many}}`, "invalid_json"],
    ["secrets that are nested without end", "batch-encrypt", `{"plaintexts":${deep}}`, "invalid_json"],
    ["a secret that is an object", "encrypt", `{"plaintext":${many}}`, "invalid_input"],
  ])("a request with %s is refused", async (_, route, body, id) => {
    const stack = await newStack(t);
    const answer = await t.send(`POST ${stack.path}/${route}`, undefined, {
      payload: gzipSync(body),
      headers: {
        authorization: `token ${t.token}`,
        "content-type": "application/json",
        "content-encoding": "gzip",
      },
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 400, id } });
  });

  test("a state may have millions of values", async () => {
    const stack = await newStack(t);
    const body = `{"version":3,"deployment":{"resources":[{"urn":"u","outputs":${many}}]}}`;
    const answer = await t.send(`POST ${stack.path}/import`, undefined, {
      payload: gzipSync(body),
      headers: { authorization: `token ${t.token}`, "content-type": "application/json", "content-encoding": "gzip" },
    });
    expect(answer.status).toBe(200);
    expect(await stack.exported()).toBe(body);
    expect((await t.send("GET /api/user/stacks")).body.stacks).toContainEqual(
      expect.objectContaining({ stackName: stack.name, resourceCount: 1 }),
    );
  });

  test("a page of events has at most some megabytes, and the pages have all events", async () => {
    const stack = await newStack(t);
    const update = await stack.run();
    const events = Array.from({ length: 12 }, (_, sequence) => ({ sequence, timestamp: 1, text: "x".repeat(900_000) }));
    expect((await update.events(events)).status).toBe(200);
    await update.complete();
    const pages: number[][] = [];
    for (let token: string | null = "0"; token !== null; ) {
      const url = `${stack.path}/update/${update.id}/events?continuationToken=${token}`;
      const { body } = await t.send(`GET ${url}`);
      pages.push(body.events.map(({ sequence }: { sequence: number }) => sequence));
      token = body.continuationToken;
    }
    expect(pages.flat()).toEqual(events.map(({ sequence }) => sequence));
    expect(pages.length).toBeGreaterThan(1);
  });

  test("a large event is a blob until what a removed stack has left is removed, and is read to the byte", async () => {
    const stack = await newStack(t);
    const update = await stack.run();
    const events = [
      { sequence: 0, timestamp: 1 },
      { sequence: 1, timestamp: 1, text: "x".repeat(2_000_000) },
      { sequence: 2, timestamp: 1 },
    ];
    expect((await update.events(events)).status).toBe(200);
    await update.complete();
    const eventBlobs = async () => (await blobsOf()).filter((name) => name.startsWith("events/"));
    const sweep = async () => {
      await t.db
        .updateTable("update_blobs")
        .set({ created_at: secondsAgo(7200) } as object)
        .execute();
      await sweepUpdateBlobs(t);
      return eventBlobs();
    };
    expect(await sweep()).toHaveLength(1);
    const read: object[] = [];
    for (let token: string | null = "0"; token !== null; ) {
      const { body } = await t.send(`GET ${stack.path}/update/${update.id}/events?continuationToken=${token}`);
      read.push(...body.events);
      token = body.continuationToken;
    }
    expect(read).toEqual([events[0], { type: "text", ...events[1] }, events[2]]);
    expect((await t.send(`DELETE ${stack.path}?force=true`)).status).toBeLessThan(300);
    await t.compact();
    expect(await sweep()).toEqual([]);
  });

  test("a history that is larger than a page is sent whole, in order", async () => {
    const stack = await newStack(t);
    const config = { "web:text": { string: "x".repeat(900_000) } };
    for (let count = 0; count < 7; count += 1) {
      const { body } = await t.send(`POST ${stack.path}/update`, { config, metadata: { message: `m${count}` } });
      const started = await stack.start(body.updateID);
      await stack.update({ id: body.updateID, ...started.body }).complete();
    }
    const messages = async (query: string) =>
      (await t.send(`GET ${stack.path}/updates${query}`)).body.updates.map(
        ({ message, config: stored }: { message: string; config: object }) => {
          expect(stored).toEqual(config);
          return message;
        },
      );
    expect(await messages("")).toEqual(["m6", "m5", "m4", "m3", "m2", "m1", "m0"]);
    expect(await messages("?pageSize=5&page=2")).toEqual(["m1", "m0"]);
    expect(await messages("?pageSize=5&page=3")).toEqual([]);
  });

  // Encoding a reply of 30 MB at once stopped the main thread for 200 ms.
  test("replies with some megabytes of secrets are not encoded at once", async () => {
    const { path } = await newStack(t);
    const one = randomBytes(3_000_000).toString("base64");
    const many = Array.from({ length: 100 }, () => randomBytes(30_000).toString("base64"));
    const encoded = vi.spyOn(JSON, "stringify");
    const { body: sealed } = await sendText(t, `POST ${path}/encrypt`, `{"plaintext":"${one}"}`);
    const opened = await sendText(t, `POST ${path}/decrypt`, `{"ciphertext":"${sealed.ciphertext}"}`);
    const list = (values: readonly string[]) => values.map((value) => `"${value}"`).join();
    const { body: batch } = await sendText(t, `POST ${path}/batch-encrypt`, `{"plaintexts":[${list(many)}]}`);
    const { ciphertexts } = batch;
    const answer = await sendText(t, `POST ${path}/batch-decrypt`, `{"ciphertexts":[${list(ciphertexts)}]}`);
    const longest = Math.max(...encoded.mock.results.map(({ value }) => value?.length ?? 0));
    encoded.mockRestore();
    expect(longest).toBeLessThan(64 * 1024);
    expect(opened.body.plaintext).toBe(one);
    expect(ciphertexts.map((sent: string) => answer.body.plaintexts[sent])).toEqual(many);
  });

  // Decoding the 172 MB of 200 such events took the main thread two seconds, in which nobody else was answered.
  test("long lists of many events are decoded in a worker thread, and count", async () => {
    const stack = await newStack(t);
    const update = await stack.run();
    const passed = Array.from({ length: 9_000 }, (_, index) => `policy-${index}-${"x".repeat(80)}`);
    const summary = { resourceUrn: "u", policyPackName: "p", passed, failed: ["f"] };
    const events = [1, 2, 3, 4, 5, 6].map((sequence) => ({
      sequence,
      timestamp: 0,
      policyAnalyzeSummaryEvent: summary,
    }));
    const decoded = vi.spyOn(JSON, "parse");
    const { status } = await update.events(events);
    const longest = Math.max(...decoded.mock.calls.map(([text]) => text.length));
    decoded.mockRestore();
    expect(status).toBe(200);
    expect(longest).toBeLessThan(64 * 1024);
    const rows = t.db.selectFrom("policy_analyses").where("update_id", "=", update.id).select(["passed", "failed"]);
    expect(await rows.execute()).toEqual(events.map(() => ({ passed, failed: ["f"] })));
  });
});
