import { type Route, routes } from "@quillon/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack, type TestStack } from "../testing/stack.ts";

const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

describe.each(engines)("what is deeper or larger than can be stored, on $name", (engine) => {
  let t: TestApp;
  let stack: TestStack;
  beforeAll(async () => {
    t = await startApp(engine);
    stack = await newStack(t);
  });
  afterAll(() => t.close());

  const sendJson = (request: string, payload: string, as = `token ${t.token}`) =>
    t.send(request, undefined, { payload, headers: { authorization: as, "content-type": "application/json" } });

  test.each([1000, 1001, 100_000])("a configuration that is nested %i deep is never a 500", async (levels) => {
    const body = `{"config":{"web:a":{"string":"","more":${nested(levels - 3)}}}}`;
    const answer = await sendJson(`POST ${stack.path}/update`, body);
    if (levels <= 1000) return expect(answer.status).toBe(200);
    expect(answer).toMatchObject({ status: 400, body: { code: 400, id: "invalid_input" } });
    expect(answer.body.message).toBe(
      "The request's body is nested more than 1000 levels deep. Send it with fewer levels.",
    );
  });

  test("an update whose configuration is as deep as may be starts and is in the history", async () => {
    const { path } = await newStack(t);
    const config = `{"web:a":{"string":"","more":${nested(997)}}}`;
    const { body } = await sendJson(`POST ${path}/update`, `{"config":${config}}`);
    expect((await t.send(`POST ${path}/update/${body.updateID}`, {})).status).toBe(200);
    const history = await t.send(`GET ${path}/updates`);
    expect(JSON.stringify(history.body.updates[0].config)).toBe(config);
  });

  const withBodies = Object.entries<Route>(routes).filter(([, { body, access }]) => body && access !== "lease");
  test.each(withBodies)("%s answers a very deep body with a 4xx", async (key) => {
    const [, , , , project = "", name = ""] = stack.path.split("/");
    const path = key
      .replace("{projectName}", project)
      .replace("{stackName}", name)
      .replace("{userLogin}", "admin")
      .replace("{updateID}", "00000000-0000-4000-8000-000000000000")
      .replace(/\{\w+\}/g, "acme");
    for (const levels of [1001, 200_000]) {
      const { status } = await sendJson(path, nested(levels));
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
  });

  test("a very deep state is either kept to the byte or refused", async () => {
    const deep = `{"version":3,"deployment":${nested(100_000)}}`;
    const { status } = await sendJson(`POST ${stack.path}/import`, deep);
    expect(status).toBeLessThan(500);
  });

  test.each(["9223372036854775807", "9223372036854775808", "9007199254740992", "1e300", "-1", "0.5"])(
    "an event with the sequence number %s is refused",
    async (sequence) => {
      const update = await (await newStack(t)).run();
      const path = (
        await t.db.selectFrom("stacks").where("lease_update_id", "=", update.id).select("name").execute()
      )[0];
      const batch = `{"events":[{"sequence":${sequence},"timestamp":1}]}`;
      const url = `POST /api/stacks/acme/web/${path?.name}/update/${update.id}/events/batch`;
      expect(await sendJson(url, batch, update.as)).toMatchObject({ status: 400, body: { id: "invalid_input" } });
      expect((await sendJson(url, batch.replace(sequence, "9007199254740991"), update.as)).status).toBe(200);
    },
  );

  test.each([
    "GET {stack}/updates?page=1e300&pageSize=10",
    "GET {stack}/updates?page=9223372036854775807&pageSize=10000",
    "GET {stack}/updates?page=1000000000&pageSize=10000",
    "GET {stack}/export/999999999",
    "GET {stack}/export/99999999999999999999",
    "GET {stack}/update/00000000-0000-4000-8000-000000000000/events?continuationToken=999999999999999",
    "GET /api/orgs/acme/policypacks/p/versions/99999999999999999999",
    "GET /api/orgs/acme/auditlogs?startTime=99999999999",
    "GET /api/orgs/acme/auditlogs?startTime=1e300",
    "GET /api/policypacks/archives/00000000-0000-4000-8000-000000000000?expires=1e300&signature=x",
  ])("the answer to %s is not a 5xx", async (request) => {
    expect((await t.send(request.replace("{stack}", stack.path))).status).toBeLessThan(500);
  });
});
