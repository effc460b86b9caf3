import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { requirePack } from "../../testing/group.ts";
import { person } from "../../testing/people.ts";
import { newStack } from "../../testing/stack.ts";

describe.each(engines)("predictions on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    await requirePack(t, "pets");
  });
  afterAll(() => t.close());

  test("what a preview shows is listed in pages, to those who may read the stack, and is in no policy issue", async () => {
    const on = await newStack(t);
    const preview = await on.run("preview", true);
    const ofPack = { policyPackName: "pets", policyPackVersionTag: "1.0.0" };
    const events = Array.from({ length: 101 }, (_, n) => {
      const resourceUrn = `urn:pulumi:dev::web::random:index/pet:Pet::pet${n}`;
      const enforcementLevel = n === 0 ? "mandatory" : "advisory";
      return [
        { policyEvent: { ...ofPack, resourceUrn, policyName: "length", message: "bad", enforcementLevel } },
        { policyAnalyzeSummaryEvent: { ...ofPack, resourceUrn, passed: [], failed: ["length"] } },
      ];
    }).flat();
    await preview.events(events.map((event, sequence) => ({ sequence, timestamp: 0, ...event })));
    await preview.complete("failed");

    const path = "/api/quillon/orgs/acme/predictions";
    const first = (await t.send(`GET ${path}`)).body;
    const second = (await t.send(`GET ${path}?continuationToken=${first.continuationToken}`)).body;
    expect([first.predictions.length, second.predictions.length]).toEqual([100, 1]);
    expect(second).not.toHaveProperty("continuationToken");
    const all = [...first.predictions, ...second.predictions];
    expect(new Set(all.map(({ resourceURN }) => resourceURN)).size).toBe(101);
    expect(all.filter(({ blocked }) => blocked)).toMatchObject([{ level: "mandatory", project: "web", source: "" }]);
    const name = on.name;
    expect((await t.send(`GET ${path}?stack=web/${name}&source=`)).body.predictions).toHaveLength(100);
    expect((await t.send(`GET ${path}?stack=web/other`)).body.predictions).toEqual([]);
    expect((await t.send(`GET ${path}?source=pr:7`)).body.predictions).toEqual([]);
    const as = await person(t, "outsider");
    expect((await t.send(`GET ${path}`, undefined, { as })).body.predictions).toEqual([]);
    expect((await t.send("POST /api/orgs/acme/policyresults/issues", {})).body.rowCount).toBe(0);
  });
});
