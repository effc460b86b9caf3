import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { person } from "../../testing/people.ts";

describe.each(engines)("the registry on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  test.each([
    ["templates", "/api/registry/templates?limit=499&backing=registry&orgLogin=acme", { templates: [] }],
    ["packages", "/api/registry/packages?limit=499&name=aws", { packages: [] }],
    ["packages at their older path", "/api/preview/registry/packages?limit=499&name=aws", { packages: [] }],
    [
      "templates of an organization",
      "/api/orgs/acme/templates",
      { templates: {}, orgHasTemplates: false, hasAccessError: false, hasUpstreamError: false },
    ],
  ])("the list of %s is empty", async (_, path, body) => {
    expect(await t.send(`GET ${path}`)).toMatchObject({ status: 200, body });
    expect((await t.send(`GET ${path}`, undefined, { as: "" })).status).toBe(401);
  });

  test("an organization's registry is hidden from users who are not in the organization", async () => {
    await t.send("POST /api/quillon/orgs", { name: "other" });
    const as = await person(t, "stranger", "member", "other");
    expect((await t.send("GET /api/orgs/acme/templates", undefined, { as })).status).toBe(404);
  });

  test.each(["templates", "packages"])("a request for one of the %s is answered that there is none", async (kind) => {
    const { status, body } = await t.send(`GET /api/registry/${kind}/private/acme/web/versions/1.0.0`);
    expect([status, body.id]).toEqual([404, "route_not_found"]);
  });
});
