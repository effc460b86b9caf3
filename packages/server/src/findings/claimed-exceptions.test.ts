import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { requirePack } from "../testing/group.ts";
import { OLDER, policyRun, urnOf } from "../testing/policy-run.ts";
import { recordedEvents, recordedVersions } from "../testing/recorded-events.ts";
import { newStack, type TestStack } from "../testing/stack.ts";

const policies = ["length", "few", "prefix"].map((name) => ({
  name,
  description: "d",
  enforcementLevel: "mandatory",
  message: "m",
}));

describe.each(engines)("exceptions that a client claims on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets", policies);
    await requirePack(t, "birds", policies);
    await requirePack(t, "rules", [
      { name: "two-words", enforcementLevel: "mandatory" },
      { name: "known-prefix", enforcementLevel: "advisory" },
    ]);
  });
  afterAll(() => t.close());

  const findings = async (on: TestStack) => {
    const { body } = await t.send(`GET ${on.path}`);
    const rows = await t.db.selectFrom("findings").where("stack_id", "=", body.id).orderBy("urn").selectAll().execute();
    return rows.map(({ urn, level, status, ended }) => [urn.split("::").at(-1), level, ended ?? status].join(" "));
  };

  describe.each([{ said: "a newer CLI" }, { said: "an older CLI", client: OLDER }])(
    "what $said says is excepted, and is not by what was recorded with the update,",
    (of) => {
      test.each([
        { name: "is of a resource that no exception names", lines: ["tom ^length"] },
        { name: "is of a policy that none names", lines: ["rex ^prefix"] },
        { name: "is of another pack", lines: ["rex ^length"], pack: "birds" },
        { name: "has an exception that there never was", lines: ["tom ^few"], claimed: "EXC-4711" },
        { name: "has an exception of a local file", lines: ["tom ^few"], claimed: "local" },
      ])("$name: it is open, with its level", async ({ lines, claimed, pack = "pets" }) => {
        const on = await newStack(t);
        const id = await on.except("pets", "length", urnOf(on.name, "rex"), "Empty.");
        const said = { lines, pack, level: "mandatory", exceptions: [{ id: claimed ?? id, reason: "Let me." }] };
        await policyRun(on, { ...of, ...said, kind: "preview", dryRun: true });
        const { body } = await t.send(`GET /api/quillon/orgs/acme/predictions?stack=web/${on.name}`);
        expect(body.predictions).toMatchObject([{ level: "mandatory", blocked: true }]);
        await policyRun(on, { ...of, ...said });
        const resource = lines[0]?.split(" ")[0];
        expect(await findings(on)).toEqual([`${resource} mandatory open`]);
        const { body: report } = await t.send(
          `GET /api/quillon/orgs/acme/stacks/web/${on.name}/updates/latest/results`,
        );
        expect(report.counts).toMatchObject({ mandatory: 1, excepted: 0 });
        const { body: compliance } = await t.send("GET /api/quillon/orgs/acme/compliance");
        const score = compliance.scores.find(({ name }: { name: string }) => name === `web/${on.name}`);
        expect(score).toMatchObject({ exceptedPolicies: 0 });
      });
    },
  );

  test("nor is anything excepted when no exception was recorded, or one is made after the update was created", async () => {
    const on = await newStack(t);
    const created = await on.create();
    const id = await on.except("pets", "length", urnOf(on.name, "rex"), "Empty.");
    const exceptions = [{ id, reason: "Let me." }];
    await policyRun(on, { lines: ["rex ^length", "tom !length"], level: "mandatory", created, exceptions });
    expect(await findings(on)).toEqual(["rex mandatory open", "tom mandatory open"]);
  });

  // As e2e/harness/event-runs.ts has it: under the older CLI the pack was told of the exception, under the newer one the engine.
  test.each(recordedVersions)(
    "what CLI %s sent of an update with an excepted violation, is excepted",
    async (version) => {
      const on = await newStack(t);
      const id = await on.except("rules", "two-words", urnOf(on.name, "rex"), "Rex is old.");
      const client = `pulumi-cli/1 (v${version}; linux)`;
      const sent = JSON.stringify(recordedEvents(version, "up-excepted"))
        .replaceAll("urn:pulumi:dev::pets::", `urn:pulumi:${on.name}::web::`)
        .replaceAll("EXC-1", id);
      await policyRun(on, { events: JSON.parse(sent), client });
      expect(await findings(on)).toEqual(["tom advisory open", "rex mandatory excepted"]);
    },
  );
});
