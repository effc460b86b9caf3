import { Readable } from "node:stream";
import type { KyselyPlugin } from "kysely";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OrgCtx } from "../../context.ts";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { makeToken, person } from "../../testing/people.ts";
import { auditLogHandlers } from "./audit-logs.ts";

const PATHS = ["auditlogs/export", "auditlogs/v2/export"];
const EVENTS = 10_000;

describe.each(engines)("the export of the audit log on $name", (engine) => {
  let t: TestApp;
  let org: OrgCtx["org"];
  beforeAll(async () => {
    t = await startApp(engine);
    org = (await t.db.selectFrom("organizations").selectAll().executeTakeFirstOrThrow()) as unknown as OrgCtx["org"];
    await fill("bulk", EVENTS);
    await fill("pair", 2);
  });
  afterAll(() => t.close());

  const fill = (login: string, count: number) =>
    sql`
      insert into audit_log (organization_id, login, name, token_name, source_ip, event, description)
      select ${org.id}, ${login}, 'Somebody', '', '', 'Team Created', 'Team ' || n from generate_series(1, ${count}::int) as n
    `.execute(t.db);

  const get = (path: string, query = "", as?: string) =>
    t.send(`GET /api/orgs/acme/${path}?${query}`, undefined, as === undefined ? {} : { as });
  const newestFirst = Array.from({ length: EVENTS }, (_, n) => `Team ${EVENTS - n}`);

  test.each(PATHS)("%s sends all events once, newest first", async (path) => {
    const { status, body } = await get(path, "format=csv&userFilter=bulk");
    expect(status).toBe(200);
    const [header, ...rows] = body.trimEnd().split("\r\n") as string[];
    expect(header).toMatch(/^id,timestamp,event,description,/);
    expect(rows.map((row) => row.split(",")[3])).toEqual(newestFirst);
  });

  test("no more than a few pages are between the database and the reader", async () => {
    let read = 0;
    let received = 0;
    let waiting = 0;
    const counting: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        read += result.rows.length;
        waiting = Math.max(waiting, read - received);
        return result;
      },
    };
    const ctx = { db: t.db.withPlugin(counting), org } as unknown as OrgCtx;
    const request = { query: { userFilter: "bulk" } } as Parameters<
      (typeof auditLogHandlers)["GET /api/orgs/{orgName}/auditlogs/v2/export"]
    >[1];
    const { body } = await auditLogHandlers["GET /api/orgs/{orgName}/auditlogs/v2/export"](ctx, request);
    expect(body).toBeInstanceOf(Readable);
    for await (const chunk of body as Readable) received += String(chunk).split("\n").length - 1;
    expect(received).toBe(EVENTS);
    expect(waiting).toBeLessThan(1000);
  });

  test.each([
    ["", "application/x-ndjson; charset=utf-8", /^\{"timestamp":/],
    ["jsonl", "application/x-ndjson; charset=utf-8", /^\{"timestamp":/],
    ["csv", "text/csv; charset=utf-8; header=present", /^id,timestamp,/],
    ["cef", "text/plain; charset=utf-8", /^CEF:0\|/],
  ])("the format %j is sent as %s, at both paths", async (format, type, start) => {
    for (const path of PATHS) {
      const { status, headers, body } = await get(path, `userFilter=pair${format && `&format=${format}`}`);
      expect(status).toBe(200);
      expect(headers["content-type"]).toBe(type);
      expect(typeof body).toBe("string");
      expect(body).toMatch(start);
    }
  });

  test.each(["json", "xml", "CSV"])("the format %j is refused", async (format) => {
    for (const path of PATHS)
      expect((await get(path, `format=${format}`)).body).toMatchObject({ code: 400, id: "invalid_input" });
  });

  test("a mistake in the request is an error, and not a file with its beginning", async () => {
    for (const path of PATHS)
      expect(await get(path, "format=csv&continuationToken=x")).toMatchObject({
        status: 400,
        body: { id: "invalid_input" },
        headers: { "content-type": expect.stringContaining("application/json") },
      });
  });

  test("only who may read the audit log gets it", async () => {
    const team = await makeToken(t, "/api/orgs/acme", { name: "ci" });
    await t.send("POST /api/quillon/orgs", { name: "other" });
    const callers: [string, number][] = [
      [await person(t, "ann", "admin"), 200],
      [await person(t, "mia"), 403],
      [await person(t, "pol", "policy-manager"), 403],
      [team.as, 403],
      [await person(t, "eve", "admin", "other"), 404],
      ["", 401],
      ["token nobody", 401],
    ];
    for (const [as, status] of callers)
      for (const path of PATHS) {
        const answer = await get(path, "format=csv&userFilter=nobody", as);
        expect(answer.status).toBe(status);
        if (status !== 200) expect(JSON.stringify(answer.body)).not.toContain("timestamp,event");
      }
  });
});
