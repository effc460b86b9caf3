import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { deleted, deployed, findingRuns, judged, nameOf, said, stack, urnOf, violated } from "../testing/findings.ts";
import { requirePack } from "../testing/group.ts";
import { newStack } from "../testing/stack.ts";

describe.each(engines)("findings of what gets another name on $name", (engine) => {
  let t: TestApp;
  let { run, up, idOf, findings } = {} as ReturnType<typeof findingRuns>;
  beforeAll(async () => {
    t = await startApp(engine);
    ({ run, up, idOf, findings } = findingRuns(t));
    await requirePack(t, "pets");
  });
  afterAll(() => t.close());

  test("a finding follows its resource to another URN", async () => {
    const on = await newStack(t);
    await up(on, ["rex !length"]);
    const moved = said("max !length", { level: "advisory" });
    const metadata = { op: "same", urn: urnOf("max"), old: { urn: urnOf("rex") } };
    await run(on, [...moved, { resOutputsEvent: { metadata } }]);
    expect(await findings(on)).toEqual(["max length open"]);
  });

  test("of two resources that get one URN, one finding follows", async () => {
    const on = await newStack(t);
    await up(on, ["a !p", "b !p"]);
    await run(on, [deployed(urnOf("c"), urnOf("a")), deployed(urnOf("c"), urnOf("b"))]);
    expect(await findings(on)).toEqual(["a p open", "c p open"]);
  });

  test("a finding follows its resource to a URN that another one had, which was fixed", async () => {
    const on = await newStack(t);
    await up(on, ["a !p"]);
    await run(on, [...said("b !p", { level: "advisory" }), ...deleted("a")]);
    expect(await findings(on)).toEqual(["a p fixed", "b p open"]);
    await run(on, [violated("p", "m", urnOf("a")), judged(["p"], urnOf("a")), deployed(urnOf("a"), urnOf("b"))]);
    expect(await findings(on)).toEqual(["a p open", "b p fixed"]);
  });

  test("findings follow resources of which each gets the URN of the next", async () => {
    const on = await newStack(t);
    await up(on, ["a !p", "b !p"]);
    const moved = (name: string, was: string) => [
      violated("p", "m", urnOf(name)),
      judged(["p"], urnOf(name)),
      deployed(urnOf(name), urnOf(was)),
    ];
    await run(on, [...moved("b", "a"), ...moved("c", "b")]);
    expect(await findings(on)).toEqual(["b p open", "c p open"]);
    const evaluated = await t.db
      .selectFrom("evaluations")
      .where("stack_id", "=", await idOf(on))
      .select("urn")
      .execute();
    expect(evaluated.map(({ urn }) => nameOf(urn)).sort()).toEqual(["b", "c"]);
  });

  test("findings follow two resources that change their URNs with each other", async () => {
    const on = await newStack(t);
    await up(on, ["a !p", "b !p !q"]);
    await up(on, ["b p"]);
    const moved = (name: string, was: string, failed: string[]) => [
      ...failed.map((policy) => violated(policy, "m", urnOf(name))),
      judged(failed, urnOf(name)),
      deployed(urnOf(name), urnOf(was)),
    ];
    await run(on, [...moved("b", "a", ["p"]), ...moved("a", "b", ["q"])]);
    expect(await findings(on)).toEqual(["a p fixed", "a q open", "b p open"]);
  });

  test("a stack is renamed though a finding has its new URN already", async () => {
    const on = await newStack(t);
    const [, , , , , name = ""] = on.path.split("/");
    const urns = [name, `${name}-new`].map((stackName) => urnOf("rex").replace(":dev:", `:${stackName}:`));
    await run(
      on,
      urns.flatMap((urn) => [violated("p", "m", urn), judged(["p"], urn), deployed(urn)]),
    );
    expect((await t.send(`POST ${on.path}/rename`, { newName: `${name}-new` })).status).toBe(200);
  });

  test("a finding follows its stack to another name and project", async () => {
    const on = await newStack(t);
    const [, , , , , name = ""] = on.path.split("/");
    const urn = `urn:pulumi:${name}::web::random:index/randomPet:RandomPet::rex`;
    const here = said("rex !length", { level: "advisory" });
    await run(on, JSON.parse(JSON.stringify(here).replaceAll(urnOf("rex"), urn)));
    const id = await idOf(on);
    const renamed = await t.send(`POST ${on.path}/rename`, { newName: `${name}-new`, newProject: "shop" });
    expect(renamed.status).toBe(200);
    const rows = await t.db.selectFrom("findings").where("stack_id", "=", id).select("urn").execute();
    expect(rows).toEqual([{ urn: `urn:pulumi:${name}-new::shop::random:index/randomPet:RandomPet::rex` }]);
  });

  test("with another name of its stack, a finding keeps the project in its URN, which may be another one than the stack's", async () => {
    const on = await newStack(t);
    const name = on.name;
    const urns = (stack: string) => [
      `urn:pulumi:${stack}::pets::pulumi:pulumi:Stack::pets-${stack}`,
      `urn:pulumi:${stack}::pets::random:index/randomPet:RandomPet::rex`,
    ];
    const [root = "", rex = ""] = urns(name);
    const events = [...said("rex !length", { level: "advisory" }), ...said("stack !few")];
    await run(on, JSON.parse(JSON.stringify(events).replaceAll(urnOf("rex"), rex).replaceAll(stack, root)));
    const id = await idOf(on);
    expect((await t.send(`POST ${on.path}/rename`, { newName: `${name}-new` })).status).toBe(200);
    const rows = await t.db.selectFrom("findings").where("stack_id", "=", id).select("urn").execute();
    expect(rows.map(({ urn }) => urn).sort()).toEqual(urns(`${name}-new`));
  });
});
