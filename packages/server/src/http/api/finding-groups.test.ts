import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { requirePack } from "../../testing/group.ts";
import { team } from "../../testing/people.ts";
import { policyRun } from "../../testing/policy-run.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const GROUPS = "/api/quillon/orgs/acme/finding-groups";

describe.each(engines)("findings that stacks have in common, on $name", (engine) => {
  let t: TestApp;
  let stacks: TestStack[];
  let reader: string;
  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    await requirePack(t, "pets", [{ name: "length", description: "d", enforcementLevel: "advisory", message: "m" }]);
    stacks = [await newStack(t), await newStack(t), await newStack(t)];
    const [one, two, three] = stacks as [TestStack, TestStack, TestStack];
    await policyRun(one, { lines: ["rex !length", "tom !length", "root !length"] });
    await policyRun(two, { lines: ["rex !length", "root !length"] });
    await policyRun(three, { lines: ["rex !length !prefix"] });
    await sql`update findings set severity = 'high', level = 'mandatory', first_seen_at = '2030-01-01'
      where stack_id = (select id from stacks where name = ${two.name}) and urn like '%::rex'`.execute(t.db);
    reader = await team(t, "readers", { [`web/${one.name}`]: 101, [`web/${three.name}`]: 101 });
  });
  afterAll(() => t.close());

  async function read(query = "", as = `token ${t.token}`) {
    const { status, body } = await t.send(`GET ${GROUPS}${query}`, undefined, { as });
    expect(status).toBe(200);
    return body;
  }
  /** `length rex 3 mandatory high` */
  const lines = ({ groups }: { groups: Record<string, string>[] }) =>
    groups.map((one) =>
      [one.policyName, one.resourceName || one.resourceType, one.stacks, one.level, one.severity].join(" ").trim(),
    );

  test("one row has all stacks with the same resource and policy, and the worst of them comes first", async () => {
    const body = await read();
    expect(lines(body)).toEqual([
      "length rex 3 mandatory high",
      "length pulumi:pulumi:Stack 2 advisory",
      "length tom 1 advisory",
      "prefix rex 1 advisory",
    ]);
    expect(body.groups[0]).toEqual({
      project: "web",
      policyPack: "pets",
      policyName: "length",
      resourceType: "random:index/randomPet:RandomPet",
      resourceName: "rex",
      resource: "random:index/randomPet:RandomPet::rex",
      stacks: 3,
      stackNames: stacks.map(({ name }) => name).sort(),
      level: "mandatory",
      severity: "high",
      firstSeenAt: expect.any(String),
      lastSeenAt: expect.any(String),
    });
    expect(body.groups[0].firstSeenAt < "2030").toBe(true);
  });

  test("it counts only the stacks that the caller may read", async () => {
    expect(lines(await read("", reader))).toEqual([
      "length rex 2 advisory",
      "length pulumi:pulumi:Stack 1 advisory",
      "length tom 1 advisory",
      "prefix rex 1 advisory",
    ]);
    expect(lines(await read("", await team(t, "nobody")))).toEqual([]);
  });

  test.each<[string, string[]]>([
    ["?policy=prefix", ["prefix rex 1 advisory"]],
    ["?policy=prefix&policy=many", ["prefix rex 1 advisory"]],
    ["?severity=high", ["length rex 1 mandatory high"]],
    ["?pack=cats", []],
    ["?project=shop", []],
    ["?project=web&policy=prefix&pack=pets&status=open", ["prefix rex 1 advisory"]],
    ["?status=in_progress", []],
    ["?stack=web/other", []],
    ["?group=default-policy-group&policy=prefix", ["prefix rex 1 advisory"]],
    ["?group=", []],
    ["?group=other", []],
    ["?assignee=admin", []],
    ["?assignee=&policy=prefix", ["prefix rex 1 advisory"]],
    ["?closed=true", []],
    ["?recent=new&policy=prefix", ["prefix rex 1 advisory"]],
    ["?recent=reopened", []],
    ["?overdue=true", []],
    ["?urn=none", []],
  ])("%s filters before it groups", async (query, expected) => {
    expect(lines(await read(query))).toEqual(expected);
  });

  test("what is overdue, has come back, or is of a resource is grouped by itself", async () => {
    const [one] = stacks as [TestStack];
    const urn = `urn:pulumi:${one.name}::web::random:index/randomPet:RandomPet::rex`;
    const was = (change: string) => sql`update findings set ${sql.raw(change)} where urn = ${urn}`.execute(t.db);
    expect(lines(await read(`?urn=${urn}`))).toEqual(["length rex 1 advisory"]);
    expect(lines(await read(`?urn=${urn}`, reader))).toEqual(["length rex 1 advisory"]);
    expect(lines(await read(`?urn=${urn}`, await team(t, "others")))).toEqual([]);
    await was("severity = 'low', first_seen_at = now() - interval '200 days', reopened = 1");
    expect(lines(await read("?overdue=true"))).toEqual(["length rex 1 advisory low"]);
    expect(lines(await read("?recent=reopened&overdue=true", reader))).toEqual(["length rex 1 advisory low"]);
    expect(lines(await read("?recent=new&policy=length"))[0]).toBe("length rex 2 mandatory high");
    await was("severity = '', first_seen_at = now(), reopened = 0");
  });

  test("pages follow each other without a hole", async () => {
    const stack = await newStack(t);
    await policyRun(stack, { lines: Array.from({ length: 250 }, (_, n) => `pet${n} !many`) });
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = await read(`?policy=many${token ? `&continuationToken=${token}` : ""}`);
      seen.push(...page.groups.map(({ resourceName }: { resourceName: string }) => resourceName));
      token = page.continuationToken;
    } while (token);
    expect([seen.length, new Set(seen).size]).toEqual([250, 250]);
    await t.send(`DELETE ${stack.path}`);
    expect((await read("?closed=true&policy=many")).groups).toHaveLength(100);
  });

  test.each([
    ["x", "0", "0", "0"],
    ["1e9", "0", "0", "0"],
    ["0", "99999999999", "0", "0"],
    ["0", "0", "1", "0"],
    ["0", "0", "0", "-"],
  ])("a token with the numbers %j, %j, %j and %j is refused", async (one, two, three, four) => {
    const key = [one, two, "pets", "length", three, "web", four, "x"];
    const token = Buffer.from(JSON.stringify(key)).toString("base64url");
    expect(await t.send(`GET ${GROUPS}?continuationToken=${token}`)).toMatchObject({ status: 400 });
  });
});
