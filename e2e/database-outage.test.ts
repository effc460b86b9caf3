import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findPostgres, type Postgres, startPostgres } from "../tools/postgres.ts";
import { openWorld, type World } from "./harness/world.ts";

const programs = findPostgres();

describe.skipIf(!programs)("while the database is away", () => {
  let postgres: Postgres;
  let world: World;

  beforeAll(async () => {
    postgres = await startPostgres(programs ?? "");
    world = await openWorld({
      QUILLON_DATABASE_URL: postgres.url,
      QUILLON_MASTER_KEY: randomBytes(32).toString("base64"),
    });
  });

  afterAll(async () => {
    postgres?.thaw();
    await world?.close();
    await postgres?.stop();
  });

  const ask = (path: string, body?: object) =>
    fetch(`${world.server.url}${path}`, {
      headers: { authorization: `token ${world.adminToken}`, "content-type": "application/json" },
      ...(body && { method: "POST", body: JSON.stringify(body) }),
    });

  let made = 0;
  const makeStack = () => ask("/api/stacks/acme/web", { stackName: `stack-${made++}` });

  /** Asks until it is told to end. @returns each answer other than success, once. */
  function traffic() {
    let over = false;
    const seen = new Set<string>();
    const loop = async (request: () => Promise<Response>) => {
      while (!over) {
        const answer = await request();
        const text = await answer.text();
        if (answer.status !== 200) seen.add(`${answer.status} ${answer.headers.get("retry-after")} ${text}`);
      }
    };
    const loops = [makeStack, () => ask("/api/user"), makeStack, () => ask("/api/user/stacks")].map(loop);
    return async () => {
      over = true;
      await Promise.all(loops);
      return [...seen];
    };
  }

  const served = async () => {
    await expect.poll(async () => (await ask("/readyz")).status).toBe(200);
    expect((await makeStack()).status).toBe(200);
  };

  const unavailable = expect.stringMatching(/^503 2 .*"id":"database_unavailable"/);

  test("connections that the database ends fail their requests with 503, and nothing else", async () => {
    const end = traffic();
    const admin = new pg.Client({ connectionString: postgres.url });
    await admin.connect();
    for (let round = 0; round < 40; round += 1) {
      await admin.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'",
      );
      await ask("/api/user");
    }
    await admin.end();
    for (const answer of await end()) expect(answer).toEqual(unavailable);
    await served();
  });

  test("a restart of the database is survived, and readyz says when it is over", async () => {
    const end = traffic();
    await postgres.restart();
    for (const answer of await end()) expect(answer).toEqual(unavailable);
    await served();
  });

  test("a frozen database gets requests answered with 503, also those that it has begun", async () => {
    const end = traffic();
    await served();
    postgres.freeze();
    const during = await Promise.all([makeStack(), ask("/api/user/stacks"), ask("/readyz")]);
    expect(during.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect((await ask("/healthz")).status).toBe(200);
    const answers = await end();
    expect(answers).not.toEqual([]);
    for (const answer of answers) expect(answer).toEqual(unavailable);
    postgres.thaw();
    await served();
  });
});
