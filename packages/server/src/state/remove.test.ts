import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { daysAgo } from "../db/time.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack, type TestStack } from "../testing/stack.ts";
import { sweepUpdateBlobs } from "./index.ts";

describe.each(engines)("old states on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  /** In a row or, when it is large, in a file. */
  const resources = (n: number, large: boolean) => [
    {
      urn: `urn:pulumi:dev::web::a:b:C::n${n}`,
      inputs: { text: large ? randomBytes(400_000).toString("base64") : "" },
    },
  ];

  /** Makes versions 1 to `versions`. */
  async function withVersions(versions: number, large = false): Promise<TestStack> {
    const on = await newStack(t);
    for (let version = 1; version <= versions; version += 1) {
      const update = await on.run();
      await update.checkpoint({ resources: resources(version, large) });
      await update.complete();
    }
    return on;
  }

  /** The versions that can be exported. */
  async function exported(on: TestStack, versions: number): Promise<number[]> {
    const found: number[] = [];
    for (let version = 1; version <= versions; version += 1)
      if ((await on.exported(version)).includes(`::n${version}"`)) found.push(version);
    return found;
  }

  test.each([
    { stateVersions: undefined, left: [1, 2, 3, 4] },
    { stateVersions: 4, left: [1, 2, 3, 4] },
    { stateVersions: 2, left: [3, 4] },
    { stateVersions: 1, left: [4] },
  ])("of four states, $left are left when $stateVersions are kept", async ({ stateVersions, left }) => {
    const on = await withVersions(4);
    await t.compact({ stateVersions });
    expect(await exported(on, 4)).toEqual(left);
    await t.compact({ stateVersions });
    expect(await exported(on, 4)).toEqual(left);
  });

  test("one that is gone is an error that says why, and never an empty state or an older one", async () => {
    const on = await withVersions(2);
    // It stores no state.
    await (await on.run()).complete();
    const latest = await withVersions(1);
    await t.compact({ stateVersions: 1 });
    expect((await t.send(`GET ${on.path}/export/1`)).body).toMatchObject({ code: 410, id: "state_removed" });
    expect(await on.exported(3)).toMatch("::n2");
    expect((await t.send(`GET ${on.path}/export/0`)).body.deployment).not.toHaveProperty("resources");
    expect(await latest.exported()).toMatch("::n1");
  });

  test("a version without a state of its own, before which all are gone, is gone too", async () => {
    const on = await withVersions(1);
    await (await on.run()).complete();
    const update = await on.run();
    await update.checkpoint({ resources: resources(3, false) });
    await update.complete();
    await t.compact({ stateVersions: 1 });
    expect((await t.send(`GET ${on.path}/export/2`)).body).toMatchObject({ code: 410, id: "state_removed" });
  });

  test("the history still says how many resources there were", async () => {
    const on = await withVersions(3);
    const before = (await t.send(`GET ${on.path}/updates`)).body;
    await t.compact({ stateVersions: 1 });
    expect((await t.send(`GET ${on.path}/updates`)).body).toEqual(before);
    expect(JSON.stringify(before)).toMatch(/"resourceCount":1/);
  });

  test("the files of large ones are removed, and only theirs", async () => {
    const on = await withVersions(3, true);
    const files = async () => await readdir(join(t.folder, "states"));
    const all = await files();
    await t.db
      .updateTable("update_blobs")
      .set({ created_at: daysAgo(1) } as object)
      .execute();
    await t.compact({ stateVersions: 1 });
    expect(await files()).toEqual(all);
    await sweepUpdateBlobs(t);
    expect(await files()).toHaveLength(all.length - 2);
    expect(await exported(on, 3)).toEqual([3]);
  });

  test("a stack with an update that runs, or has no receipt yet, is left alone", async () => {
    const on = await withVersions(3);
    const update = await on.run();
    await t.compact({ stateVersions: 1 });
    expect(await exported(on, 3)).toEqual([1, 2, 3]);
    await update.checkpoint({ resources: resources(4, false) });
    await update.complete();
    const receipted = (value: boolean) =>
      t.db.updateTable("updates").set({ receipted: value }).where("id", "=", update.id).execute();
    await receipted(false);
    await t.compact({ stateVersions: 1 });
    expect(await exported(on, 4)).toEqual([1, 2, 3, 4]);
    await receipted(true);
    await t.compact({ stateVersions: 1 });
    expect(await exported(on, 4)).toEqual([4]);
  });

  test("more stacks and states than one step are done", async () => {
    const on = await withVersions(1);
    const { id } = (await t.send(`GET ${on.path}`)).body;
    const many = 450;
    await t.db
      .insertInto("updates")
      .columns([
        "id",
        "stack_id",
        "kind",
        "dry_run",
        "status",
        "version",
        "environment",
        "config",
        "required_policies",
        "receipted",
      ])
      .expression((of) =>
        of
          .selectFrom("updates")
          .where("stack_id", "=", id)
          .select(({ fn, val, lit, cast }) => [
            fn<string>("gen_random_uuid", []).as("id"),
            "stack_id",
            val("import" as const).as("kind"),
            lit(false).as("dry_run"),
            val("succeeded" as const).as("status"),
            cast<number>(fn("generate_series", [lit(2), lit(many)]), "integer").as("version"),
            "environment",
            "config",
            "required_policies",
            lit(true).as("receipted"),
          ]),
      )
      .execute();
    await t.db
      .insertInto("checkpoints")
      .columns(["update_id", "stack_id", "version", "body", "resource_count"])
      .expression((of) =>
        of
          .selectFrom("updates")
          .where("stack_id", "=", id)
          .where("version", ">", 1)
          .select(["id", "stack_id", "version", of.val(Buffer.from("x")).as("body"), of.lit(1).as("resource_count")]),
      )
      .execute();
    await t.compact({ stateVersions: 7 });
    const left = await t.db
      .selectFrom("checkpoints")
      .where("stack_id", "=", id)
      .where("body", "is not", null)
      .orderBy("version")
      .select("version")
      .execute();
    expect(left.map(({ version }) => version)).toEqual(Array.from({ length: 7 }, (_, n) => many - 6 + n));
  });
});
