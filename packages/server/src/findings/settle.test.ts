import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { deleted, deployed, findingRuns, judged, ofPack, said, urnOf, violated } from "../testing/findings.ts";
import { requirePack } from "../testing/group.ts";
import { recordedEvents, recordedVersions } from "../testing/recorded-events.ts";
import { newStack, type TestStack } from "../testing/stack.ts";

const policies = [
  { name: "length", enforcementLevel: "advisory" },
  { name: "known-prefix", enforcementLevel: "advisory", severity: "high" },
  { name: "two-words", enforcementLevel: "mandatory", severity: "critical" },
];

describe.each(engines)("findings on $name", (engine) => {
  let t: TestApp;
  let { run, up, preview, findings, predictions } = {} as ReturnType<typeof findingRuns>;
  beforeAll(async () => {
    t = await startApp(engine);
    ({ run, up, preview, findings, predictions } = findingRuns(t));
    await requirePack(t, "pets", policies);
  });
  afterAll(() => t.close());

  /** What the table of a run says of violations: `length high`. */
  async function severities(on: TestStack, update: string): Promise<string[]> {
    const path = on.path.replace("/api/stacks/acme", "/api/quillon/orgs/acme/stacks");
    const { body } = await t.send(`GET ${path}/updates/${update}/results/list`);
    return body.results
      .filter(({ kind }: { kind: string }) => kind === "violated")
      .map(({ policy, severity }: { policy: string; severity: string }) => `${policy} ${severity}`);
  }

  test("a real run opens a finding, one that passes closes it, and a later one reopens the same", async () => {
    const on = await newStack(t);
    await up(on, ["rex !length prefix", "tom length prefix"]);
    expect(await findings(on)).toEqual(["rex length open"]);
    await up(on, ["rex !length prefix"]);
    expect(await findings(on)).toEqual(["rex length open"]);
    await up(on, ["rex length prefix"]);
    expect(await findings(on)).toEqual(["rex length fixed"]);
    await up(on, ["rex !length prefix"]);
    expect(await findings(on)).toEqual(["rex length open 1"]);
  });

  test.each([
    { told: ["critical", "medium"], severity: "critical" },
    { told: ["high", "low"], severity: "high" },
    { told: ["", "odd"], severity: "odd" },
  ])("of violations with the severities $told the worst counts", async ({ told, severity }) => {
    const on = await newStack(t);
    const [violation, ...others] = said("rex !length", { level: "advisory" }) as [{ policyEvent: object }, ...object[]];
    const violations = told.map((one) => ({ policyEvent: { ...violation.policyEvent, severity: one } }));
    const { id } = await run(on, [...violations, ...others]);
    const found = t.db.selectFrom("findings").where("last_seen_update", "=", id).select("severity");
    expect(await found.execute()).toEqual([{ severity }]);
  });

  test.each([
    { told: "", severity: "high", priority: "p1" },
    { told: "low", severity: "low", priority: "p3" },
  ])("a violation whose event says '$told' has severity $severity", async ({ told, severity, priority }) => {
    const on = await newStack(t);
    const [violation, ...others] = said("rex !known-prefix", { level: "advisory" }) as [
      { policyEvent: object },
      ...object[],
    ];
    const violations = [{ policyEvent: { ...violation.policyEvent, severity: told } }];
    const { id } = await run(on, [...violations, ...others]);
    const found = t.db.selectFrom("findings").where("last_seen_update", "=", id).select(["severity", "priority"]);
    expect(await found.execute()).toEqual([{ severity, priority }]);
  });

  test("a violation of a pack that is not required has no severity but its event's", async () => {
    const on = await newStack(t);
    const events = JSON.parse(JSON.stringify(said("rex !known-prefix")).replaceAll("1.0.0", "2.0.0"));
    const { id } = await run(on, events);
    expect(await severities(on, id)).toEqual(["known-prefix "]);
  });

  test("it keeps when it was first and last seen, the message and the version", async () => {
    const on = await newStack(t);
    await up(on, ["rex !length"]);
    const last = await up(on, ["rex !length"]);
    const [finding] = await t.db.selectFrom("findings").where("last_seen_update", "=", last.id).selectAll().execute();
    expect(finding).toMatchObject({
      tag: "1.0.0",
      first_seen_tag: "1.0.0",
      message: "length failed",
      level: "advisory",
    });
    expect(finding?.first_seen_at.getTime()).toBeLessThan(finding?.last_seen_at.getTime() ?? 0);
  });

  test.each<[string, (on: TestStack) => Promise<unknown>]>([
    ["a run that does not evaluate it", (on) => up(on, ["tom length"])],
    [
      "a run of a pack of that name that is not required",
      (on) =>
        run(
          on,
          said("rex length").map((event) => JSON.parse(JSON.stringify(event).replaceAll("1.0.0", "2.0.0"))),
        ),
    ],
    [
      "a run that evaluates it, but does not deploy it",
      (on) =>
        run(
          on,
          said("rex length").filter((event) => !("resOutputsEvent" in event)),
        ),
    ],
    ["a dry run in which it passes", (on) => preview(on, ["rex length"], "main", "succeeded")],
    ["the old half of a replacement", (on) => run(on, deleted("rex", "delete-replaced"))],
    [
      "a dry run that deletes the resource",
      (on) =>
        run(on, [{ resOutputsEvent: { planning: true, metadata: { op: "delete", urn: urnOf("rex") } } }], {
          dryRun: true,
        }),
    ],
    ["a run that is stopped by its violation", (on) => up(on, ["rex !length"], "mandatory")],
  ])("%s closes nothing", async (_, other) => {
    const on = await newStack(t);
    await up(on, ["rex !length"]);
    await other(on);
    expect(await findings(on)).toEqual(["rex length open"]);
  });

  test.each<[string, (on: TestStack) => Promise<unknown>]>([
    ["a destroy", (on) => run(on, deleted("rex"), { kind: "destroy" })],
    ["a refresh that finds it gone", (on) => run(on, deleted("rex"), { kind: "refresh" })],
    ["a run that fails later", (on) => run(on, said("rex length"), { status: "failed" })],
  ])("%s closes it", async (_, other) => {
    const on = await newStack(t);
    await up(on, ["rex !length"]);
    await other(on);
    expect(await findings(on)).toEqual(["rex length fixed"]);
  });

  test("a run whose client died counts too", async () => {
    const on = await newStack(t);
    const update = await run(on, said("rex !length", { level: "advisory" }), { status: "" });
    expect(await findings(on)).toEqual([]);
    await update.cancel();
    await t.upkeep();
    expect(await findings(on)).toEqual(["rex length open"]);
  });

  test("a stack policy's finding is the stack's, and closes when the policy does not name it any more", async () => {
    const on = await newStack(t);
    await up(on, ["rex length", "stack !few"], "mandatory");
    expect(await findings(on)).toEqual(["web-dev few open"]);
    await up(on, ["rex length", "stack few"]);
    expect(await findings(on)).toEqual(["web-dev few fixed"]);
  });

  test("it is withdrawn when its policy does not apply to the resource any more, and a stack policy's is not", async () => {
    const on = await newStack(t);
    const stackSays = [
      violated("whole"),
      { policyAnalyzeStackSummaryEvent: { ...ofPack, failed: ["whole"], passed: [] } },
    ];
    await run(on, [...said("rex !length !prefix", { level: "advisory" }), ...stackSays]);
    await up(on, ["rex !prefix"]);
    expect(await findings(on)).toEqual(["rex length withdrawn", "rex prefix open", "rex whole open"]);
    await up(on, ["rex !length !prefix"]);
    expect(await findings(on)).toEqual(["rex length open", "rex prefix open", "rex whole open"]);
  });

  test("what a dry run shows is predicted, for its branch, and only a later run of that branch takes it back", async () => {
    const on = await newStack(t);
    await preview(on, ["rex !length ~prefix"], "a");
    await preview(on, ["rex !length", "tom !length"], "b");
    expect(await findings(on)).toEqual([]);
    expect(await predictions(on)).toEqual([
      "rex length branch:a mandatory",
      "rex length branch:b mandatory",
      "tom length branch:b mandatory",
    ]);
    await preview(on, ["rex length", "tom !length"], "b");
    expect(await predictions(on)).toEqual(["rex length branch:a mandatory", "tom length branch:b mandatory"]);
    await preview(on, ["rex length"], "b", "succeeded");
    expect(await predictions(on)).toEqual(["rex length branch:a mandatory"]);
  });

  test("a dry run of some resources takes back nothing of the others, which it has evaluated as they are deployed", async () => {
    const on = await newStack(t);
    const stackSays = { policyAnalyzeStackSummaryEvent: { ...ofPack, failed: ["p"], passed: [] } };
    await preview(on, ["rex !length", "max !length", "new !length"]);
    await run(on, [stackSays, violated("p", "m", urnOf("kim"))], {
      dryRun: true,
      status: "failed",
      environment: { "git.headName": "refs/heads/main" },
    });
    const environment = { "git.headName": "refs/heads/main", "pulumi.flag.target": "true" };
    const passed = {
      policyAnalyzeSummaryEvent: { ...ofPack, resourceUrn: urnOf("rex"), failed: [], passed: ["length"] },
    };
    await run(on, [passed, ...said("max length", { dryRun: true }), stackSays], { dryRun: true, environment });
    const left = ["kim p branch:main advisory", "new length branch:main mandatory", "rex length branch:main mandatory"];
    expect(await predictions(on)).toEqual(left);
    await preview(on, ["rex length"], "main", "succeeded");
    expect(await predictions(on)).toEqual([]);
  });

  test("a real run in which it passes takes back what every branch predicted", async () => {
    const on = await newStack(t);
    await preview(on, ["rex !length"], "a");
    await up(on, ["rex length"]);
    expect(await predictions(on)).toEqual([]);
  });

  test("what a mandatory violation stopped in a real run is predicted, because it was not deployed", async () => {
    const on = await newStack(t);
    await up(on, ["rex !length"], "mandatory");
    expect([await findings(on), await predictions(on)]).toEqual([[], ["rex length  mandatory"]]);
  });

  const long = Array.from({ length: 4_000 }, (_, at) => (at * 7919).toString(36)).join("");

  const longest = long.slice(0, 500);
  const longTyped = `urn:pulumi:dev::web::a:b:${long.slice(0, 5_000)}::rex`;

  test.each<[string, object[], string[]]>([
    ["names a failed policy twice", [violated("p"), judged(["p", "p"])], ["rex p open"]],
    [
      "has a policy of resources and of the stack with one name",
      [violated("p"), judged(["p"]), { policyAnalyzeStackSummaryEvent: { ...ofPack, failed: ["p"], passed: [] } }],
      ["rex p open"],
    ],
    ["has a policy with a long name", [violated(long), judged([long, "p"]), violated("p")], ["rex p open"]],
    [
      "has a long type, level and severity, and as long names as there may be",
      [
        {
          policyEvent: {
            ...violated(longest, "m", longTyped).policyEvent,
            enforcementLevel: `advisory ${long}`,
            severity: `high ${long}`,
          },
        },
        judged([longest], longTyped),
        deployed(longTyped),
      ],
      [`rex ${longest} open`],
    ],
    ["has half a surrogate pair in a message", [violated("p", "a\ud83d"), judged(["p"])], ["rex p open"]],
    ["has a long message of emoji", [violated("p", `a${"😀".repeat(20_000)}`), judged(["p"])], ["rex p open"]],
    ["has half a surrogate pair in a name", [violated("p\udc00"), judged(["p\udc00"])], ["rex p open"]],
    ["names failed policies that reported nothing", [judged(["p", "q"])], []],
    ["has very many reports", Array.from({ length: 120 }, () => violated("p", long)), []],
    [
      "moves two resources to one URN",
      [
        ...["a", "b"].flatMap((name) => [
          violated("p", "m", urnOf(name)),
          judged(["p"], urnOf(name)),
          deployed(urnOf(name)),
        ]),
      ],
      ["a p open", "b p open"],
    ],
  ])("an update ends that %s", async (_, events, expected) => {
    const on = await newStack(t);
    await run(on, [...events, deployed()], { environment: { "git.headName": long } });
    await run(on, [...events, deployed()], { dryRun: true, environment: { "git.headName": long } });
    expect(await findings(on)).toEqual(expected);
  });

  test("an update ends though its findings can't be recorded, and later updates of all stacks have theirs", async () => {
    const [on, other] = [await newStack(t), await newStack(t)];
    await sql`create function refuse() returns trigger language plpgsql as $$ begin
      if new.policy = 'refused' then raise exception 'refused'; end if;
      return new;
    end $$`.execute(t.db);
    await sql`create trigger refuse before insert on findings for each row execute function refuse()`.execute(t.db);
    await up(on, ["rex !refused"]);
    await up(on, ["rex !length"]);
    expect(await findings(on)).toEqual(["rex length open"]);
    await (await run(other, said("tom !length", { level: "advisory" }), { status: "" })).cancel();
    await t.upkeep();
    expect([await findings(on), await findings(other)]).toEqual([["rex length open"], ["tom length open"]]);
  });

  test("an update whose results can't be read ends all the same, and the next ones count", async () => {
    const on = await newStack(t);
    const { body } = await t.send(`POST ${on.path}/update`, { options: {}, metadata: {} });
    const started = await on.start(body.updateID);
    const update = on.update({ id: body.updateID, ...started.body });
    // No event can do this; it stands for a mistake of ours.
    await t.db
      .updateTable("updates")
      .set({ required_policies: '{"no":"list"}' })
      .where("id", "=", body.updateID)
      .execute();
    expect((await update.complete()).status).toBe(200);
    await up(on, ["rex !length"]);
    expect(await findings(on)).toEqual(["rex length open"]);
  });

  test("events of an update that has ended change nothing", async () => {
    const on = await newStack(t);
    const update = await up(on, ["rex length"]);
    const [event = {}] = said("rex !length");
    const { status } = await update.events([{ sequence: 99, timestamp: 0, ...event }]);
    expect(status).toBe(403);
    expect(await findings(on)).toEqual([]);
  });

  // In the order of e2e/harness/event-runs.ts. The packs there are `pets`, which is required, and `local`.
  test.each(recordedVersions)("what CLI %s sent in a stack's life", async (version) => {
    const on = await newStack(t);
    const replay = async (name: string, options: Parameters<typeof run>[2] = {}) => {
      const { id } = await run(on, recordedEvents(version, name), options);
      told.push(...(await severities(on, id)));
      return [await findings(on), await predictions(on)];
    };
    const told: string[] = [];
    const tom = "tom known-prefix open";
    const blocked = "rex two-words  mandatory";
    expect(await replay("preview-violates", { dryRun: true, status: "failed" })).toEqual([[], [blocked]]);
    expect(await replay("up-violates", { status: "failed" })).toEqual([[], [blocked]]);
    expect(await replay("up-fixes")).toEqual([[tom], []]);
    expect(await replay("up-violates-again", { status: "failed" })).toEqual([[tom], [blocked]]);
    expect(await replay("up-not-remediated", { status: "failed" })).toEqual([
      [tom],
      ["rex separated  mandatory", blocked],
    ]);
    expect(await replay("up-local-pack")).toEqual([[tom], []]);
    expect(await replay("up-replaces")).toEqual([[tom], []]);
    await replay("up-targets");
    const pets = "pets-dev few-pets";
    expect((await replay("up-stack-violates", { status: "failed" }))[0]).toEqual([`${pets} open`, tom]);
    expect(await replay("up-deletes")).toEqual([[`${pets} fixed`, tom], []]);
    await replay("up-resource-fails", { status: "failed" });
    await replay("refresh", { kind: "refresh" });
    expect(await replay("destroy", { kind: "destroy" })).toEqual([[`${pets} fixed`, "tom known-prefix fixed"], []]);
    // As its published version says, and none where that says none. No event of these runs says one.
    expect([...new Set(told)].sort()).toEqual([
      "few-pets ",
      "known-prefix high",
      "no-rex ",
      "separated ",
      "two-words critical",
    ]);
  });
});
