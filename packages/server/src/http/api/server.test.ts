import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newVersion } from "../../testing/group.ts";
import { person } from "../../testing/people.ts";

const SERVER = "/api/quillon/server";

describe.each(engines)("the server on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const facts = {
    version: "0.0.0-test",
    database: { kind: "embedded", version: expect.stringMatching(/^\d+\.\d+/) },
    keeps: expect.objectContaining({ predictionsDays: 14, eventsDays: null }),
  };

  test("tells its administrators how much it stores", async () => {
    const before = (await t.send(`GET ${SERVER}`)).body;
    expect(before).toEqual({
      ...facts,
      storage: { databaseBytes: expect.any(Number), archives: 0, archiveBytes: 0 },
    });
    expect(before.storage.databaseBytes).toBeGreaterThan(1024 ** 2);
    await newVersion(t, "pets", "1.0.0");
    const { archives, archiveBytes } = (await t.send(`GET ${SERVER}`)).body.storage;
    expect(archives).toBe(1);
    expect(archiveBytes).toBeGreaterThan(100);
  });

  test("tells an organization's admin, who does not administer it, nothing of other organizations", async () => {
    const as = await person(t, "olivia", "admin");
    expect((await t.send(`GET ${SERVER}`, undefined, { as })).body).toEqual(facts);
  });
});
