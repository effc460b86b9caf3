import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { EXCEPTIONS, wishFor } from "../testing/exception.ts";
import { newestEvent, requirePack } from "../testing/group.ts";
import { type PolicyRun, policyRun, urnOf } from "../testing/policy-run.ts";
import { newStack, type TestStack } from "../testing/stack.ts";

const OLDER = "pulumi-cli/1 (v3.220.0; linux)";
const policies = ["length", "few"].map((name) => ({
  name,
  description: "d",
  enforcementLevel: "mandatory",
  message: "m",
}));

describe.each(engines)("exceptions of the service in findings on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets", policies);
  });
  afterAll(() => t.close());

  /** @returns its id. */
  async function except(on: TestStack, resources: string[], more: object = {}): Promise<string> {
    const match = [{ policies: ["length", "few"], targets: resources.map((one) => urnOf(on.name, one)) }];
    const { body } = await t.send(`POST ${EXCEPTIONS}`, { ...wishFor("pets", []), match, ...more });
    return body.id;
  }
  const findings = async (on: TestStack) => {
    const { body } = await t.send(`GET ${on.path}`);
    const rows = await t.db.selectFrom("findings").where("stack_id", "=", body.id).orderBy("urn").selectAll().execute();
    return rows.map(({ urn, level, status, ended, exceptions }) =>
      [urn.split("::").at(-1), level, ended ?? status, ...(exceptions ?? []).map(({ id }) => id)].join(" "),
    );
  };
  async function older(on: TestStack, run: PolicyRun): Promise<void> {
    const headers = { authorization: `token ${t.token}`, "user-agent": OLDER };
    const answer = await t.app.inject({ method: "POST", url: `${on.path}/update`, payload: {}, headers });
    await policyRun(on, { ...run, created: answer.json().updateID });
  }
  async function excepted(on: TestStack): Promise<string> {
    const { body } = await t.send("GET /api/quillon/orgs/acme/compliance");
    const score = body.scores.find(({ name }: { name: string }) => name === `web/${on.name}`);
    return `${score.passingPolicies} of ${score.policies}, ${score.exceptedPolicies} excepted`;
  }

  test("under an older CLI, what the pack reports as advisory is excepted, with its policy's level, and what blocks is not", async () => {
    const on = await newStack(t);
    const id = await except(on, ["rex", "root"]);
    await older(on, { lines: ["rex !length", "tom !length", "stack !few@root"] });
    expect(await findings(on)).toEqual([
      `root mandatory excepted ${id}`,
      `rex mandatory excepted ${id}`,
      "tom advisory open",
    ]);
    await older(on, { lines: ["rex !length"], level: "mandatory" });
    expect(await findings(on)).toEqual([`root mandatory excepted ${id}`, "rex mandatory open", "tom advisory open"]);
  });

  test("under a newer CLI, what the engine does not name is a violation", async () => {
    const on = await newStack(t);
    await except(on, ["rex"]);
    await policyRun(on, { lines: ["rex !length"] });
    expect(await findings(on)).toEqual(["rex advisory open"]);
  });

  test("what one exception lets through is open again when it is removed, and fails in scores", async () => {
    const on = await newStack(t);
    const [one, other] = [await except(on, ["rex", "tom"]), await except(on, ["tom"])];
    await older(on, { lines: ["rex !length", "tom !length", "stack few"] });
    expect(await findings(on)).toEqual([`rex mandatory excepted ${one}`, `tom mandatory excepted ${one} ${other}`]);
    expect(await excepted(on)).toBe("1 of 2, 1 excepted");
    expect((await t.send(`DELETE ${EXCEPTIONS}/${one}`)).status).toBe(200);
    expect(await findings(on)).toEqual(["rex mandatory open", `tom mandatory excepted ${other}`]);
    expect(await excepted(on)).toBe("1 of 2, 0 excepted");
    expect(await newestEvent(t)).toMatchObject({
      event: "Policy Issue Updated",
      user: { githubLogin: "admin" },
      description: `Opened policy issue length of web/${on.name} again, because policy exception ${one} was removed`,
    });
  });

  test("and when its time is over", async () => {
    const on = await newStack(t);
    const id = await except(on, ["rex"], { expiresInSeconds: 3600 });
    await older(on, { lines: ["rex !length", "stack few"] });
    await t.upkeep();
    expect(await findings(on)).toEqual([`rex mandatory excepted ${id}`]);
    await sql`update findings set exceptions = jsonb_set(exceptions, '{0,expiresAt}', '"2020-01-01T00:00:00Z"')
      where exceptions @> ${JSON.stringify([{ id }])}::jsonb`.execute(t.db);
    await t.upkeep();
    expect(await findings(on)).toEqual(["rex mandatory open"]);
    expect(await newestEvent(t)).toMatchObject({
      description: `Opened policy issue length of web/${on.name} again, because policy exception ${id} has ended`,
    });
  });
});
