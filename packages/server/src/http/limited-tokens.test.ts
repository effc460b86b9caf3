import { type RouteKey, routes } from "@quillon/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engines } from "../testing/database.ts";
import { plainRequest } from "../testing/fuzz/requests.ts";
import { World } from "../testing/fuzz/world.ts";
import { makeToken } from "../testing/people.ts";

/** What is only in a reply about a stack of the project `web`. */
const TRACE = /web\/(dev|busy)|::web::|"web"|"numStacks":[^0]|"TotalStacks":[^0]/;

const keys = (Object.keys(routes) as RouteKey[]).filter((key) => !/^(public|signed|lease)$/.test(routes[key].access));
const isRead = (key: RouteKey) =>
  key.startsWith("GET ") || /POST .*\/(issues|export|filters|policies|compliance|findings)$/.test(key);

describe.each(engines.slice(0, 1))("a token that is limited to another project, on $name", (engine) => {
  let world: World;
  /** By the projects that they are limited to. */
  const as: Record<string, string> = {};
  beforeAll(async () => {
    world = await World.on(engine);
    const org = "/api/orgs/acme";
    as.none = (await makeToken(world.t, org, { name: "unlimited" })).as;
    as.api = (await makeToken(world.t, org, { name: "outside", projects: ["api"] })).as;
    as.web = (await makeToken(world.t, org, { name: "inside", projects: ["web"] })).as;
  });
  afterAll(() => world.t.close());

  async function ask(key: RouteKey, by: string) {
    const { params, query, body } = plainRequest(key);
    const path = key.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(world.fill(params[name] ?? "x")));
    const search = new URLSearchParams(JSON.parse(world.fill(JSON.stringify(query))));
    const headers = { authorization: as[by] ?? "", ...(body && { "content-type": "application/json" }) };
    const url = search.size > 0 ? `${path}?${search}` : path;
    const answer = await world.t.send(url, undefined, { headers, payload: Buffer.from(world.fill(body)) });
    return { status: answer.status, text: JSON.stringify(answer.body) ?? "" };
  }

  test("is told nothing of a stack by any route, while a token without that limit is", async () => {
    const telling: string[] = [];
    for (const key of keys.filter(isRead)) {
      if (key.endsWith("/changes")) continue;
      if (key.includes("{stackName}")) {
        expect(`${key} ${(await ask(key, "api")).status}`).toBe(`${key} 404`);
        continue;
      }
      const [without, within, outside] = [await ask(key, "none"), await ask(key, "web"), await ask(key, "api")];
      expect(`${key} ${within.status}`).toBe(`${key} ${without.status}`);
      expect(`${key} ${TRACE.exec(outside.text)?.[0]}`).toBe(`${key} undefined`);
      if (!TRACE.test(without.text)) continue;
      expect(`${key} ${TRACE.test(within.text)}`).toBe(`${key} true`);
      telling.push(key);
    }
    expect(telling).toContain("GET /api/user/stacks");
    expect(telling.length).toBeGreaterThan(12);
  });

  test("changes nothing by any route, whose stack is outside or which is for those who rule", async () => {
    const done: string[] = [];
    for (const key of keys.filter((one) => !isRead(one))) {
      const { status } = await ask(key, "api");
      if (status < 400) done.push(key);
    }
    const asks = "POST /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/config/problems";
    expect(done).toEqual([asks]);
  });
});
