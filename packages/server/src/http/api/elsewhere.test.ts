import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { BACKEND as backend, stackElsewhere } from "../../testing/elsewhere.ts";
import { edit, newGroup, newPack, newVersion, OWN_GROUPS, requirePack } from "../../testing/group.ts";
import { person } from "../../testing/people.ts";
import { newStack } from "../../testing/stack.ts";

const ROUTE = "PUT /api/quillon/orgs/acme/elsewhere";

describe.each(engines)("stacks whose state is elsewhere on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets");
  });
  afterAll(() => t.close());

  test("one is made known once, whatever is secret in the backend's URL", async () => {
    const names = { project: "shop", stack: "prod" };
    const first = await t.send(ROUTE, { backend: `${backend}/?profile=ada`, ...names });
    expect(first).toMatchObject({ status: 200, body: { ...names, backend, made: true } });
    const again = await t.send(ROUTE, { backend: `${backend}?region=eu-west-1`, ...names });
    expect(again.body).toEqual({ ...names, backend, made: false });
    const { body } = await t.send("GET /api/orgs/acme/auditlogs?eventFilter=Stack%20Created");
    expect(body.auditLogEvents).not.toEqual([]);
    expect(JSON.stringify(body)).not.toContain("profile");
  });

  test("the same names in another backend need other names here, which are remembered", async () => {
    const there = { backend: "gs://states", project: "shop", stack: "prod" };
    expect(await t.send(ROUTE, there)).toMatchObject({
      status: 409,
      body: {
        id: "stack_name_taken",
        message:
          "The name acme/shop/prod belongs to another stack here, so the one in gs://states needs another name. Give it one once, and it is remembered: quillon run --as PROJECT/STACK -- pulumi preview",
      },
    });
    const as = { project: "shop", stack: "prod-gcp" };
    expect((await t.send(ROUTE, { ...there, as })).body).toMatchObject({ ...as, made: true });
    expect((await t.send(ROUTE, there)).body).toMatchObject({ ...as, made: false });
    expect(await t.send(ROUTE, { ...there, as: { project: "shop", stack: "other" } })).toMatchObject({
      status: 409,
      body: { id: "stack_named_already" },
    });
  });

  test("another name is only for a stack whose own is taken, because it could be a way past a selector", async () => {
    const there = { backend, project: "shop", stack: "free" };
    expect(await t.send(ROUTE, { ...there, as: { project: "shop", stack: "unguarded" } })).toMatchObject({
      status: 409,
      body: {
        id: "stack_name_free",
        message: `The stack in ${backend} can't be acme/shop/unguarded here, because its own name acme/shop/free belongs to no other stack. Leave out --as.`,
      },
    });
    const own = { project: "shop", stack: "free" };
    expect((await t.send(ROUTE, { ...there, as: own })).body).toMatchObject({ ...own, made: true });
  });

  test("a stack without resources takes no name, because it may have been made for that alone", async () => {
    const stack = await newStack(t, { state: { version: 3, deployment: {} } });
    const there = { backend, project: "web", stack: stack.name };
    const as = { project: "shop", stack: `${stack.name}-too` };
    const refused = await t.send(ROUTE, { ...there, as });
    expect(refused).toMatchObject({ status: 409, body: { id: "stack_name_free" } });
    expect(refused.body.message).toContain(`acme/web/${stack.name} belongs to a stack without resources.`);
    const update = await stack.run();
    await update.checkpoint({ resources: [{ urn: "urn:pulumi:dev::web::a:b:C::n" }] });
    await update.complete();
    expect((await t.send(ROUTE, { ...there, as })).body).toMatchObject({ ...as, made: true });
  });

  test("a stack whose state is here keeps its name", async () => {
    const { name } = await newStack(t);
    const answer = await t.send(ROUTE, { backend, project: "web", stack: name });
    expect(answer).toMatchObject({ status: 409, body: { id: "stack_name_taken" } });
  });

  test.each(["states", "file://~", "https://"])("%s is no backend", async (url) => {
    const answer = await t.send(ROUTE, { backend: url, project: "shop", stack: "x" });
    expect(answer).toMatchObject({ status: 400, body: { id: "invalid_input" } });
  });

  test("to somebody who may not read it, one that is known does not exist", async () => {
    const bob = await person(t, "bob");
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    await t.send(ROUTE, { backend, project: "shop", stack: "hidden" });
    for (const route of [ROUTE, "POST /api/quillon/orgs/acme/elsewhere/policypacks"]) {
      const answer = await t.send(route, { backend, project: "shop", stack: "hidden" }, { as: bob });
      expect(answer).toMatchObject({ status: 404, body: { id: "stack_not_found" } });
    }
  });

  test("those of one backend are listed by their names there, as far as the caller may read them", async () => {
    const there = "gs://listed";
    await t.send(ROUTE, { backend: there, project: "shop", stack: "b" });
    await t.send(ROUTE, { backend: there, project: "shop", stack: "prod", as: { project: "shop", stack: "prod-2" } });
    await t.send(ROUTE, { backend: there, project: "cafe", stack: "z" });
    const list = (url: string, more: object = {}) =>
      t.send(`GET /api/quillon/orgs/acme/elsewhere?backend=${encodeURIComponent(url)}`, undefined, more);
    const since = expect.stringMatching(/^\d{4}-/);
    expect(await list(`${there}/?profile=ada`)).toMatchObject({
      status: 200,
      body: {
        stacks: [
          { project: "cafe", stack: "z", here: { project: "cafe", stack: "z" }, since },
          { project: "shop", stack: "b", here: { project: "shop", stack: "b" }, since },
          { project: "shop", stack: "prod", here: { project: "shop", stack: "prod-2" }, since },
        ],
      },
    });
    expect((await list("gs://other")).body).toEqual({ stacks: [] });
    expect(await list("listed")).toMatchObject({ status: 400, body: { id: "invalid_input" } });
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    expect((await list(there, { as: await person(t, "eve") })).body).toEqual({ stacks: [] });
  });

  test("what one would have to run that is not known yet is what it must run once it is", async () => {
    const group = await newGroup(t);
    await newVersion(t, "fish", "1.0.0");
    const config = { "no-public-bucket": { enforcementLevel: "mandatory" } };
    await edit(t, group, { addPolicyPack: { name: "fish", versionTag: "1.0.0", config } });
    await t.send(`PUT ${OWN_GROUPS}/${group}/selector`, { selector: { all: [{ project: "aquarium" }] } });
    const ask = async (project: string) => {
      const answer = await t.send(`GET /api/quillon/orgs/acme/elsewhere/policypacks?project=${project}&stack=new`);
      expect(answer.status, answer.body.message).toBe(200);
      return answer.body.requiredPolicies;
    };
    const archiveSha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(await ask("shop")).toMatchObject([{ name: "pets", versionTag: "1.0.0", archiveSha256 }]);
    const before = await ask("aquarium");
    expect(before).toHaveLength(2);
    expect(before).toContainEqual(expect.objectContaining({ name: "fish", config, archiveSha256 }));
    await t.send(ROUTE, { backend, project: "aquarium", stack: "new" });
    const { body } = await t.send("GET /api/stacks/acme/aquarium/new/policypacks");
    const without = (packs: object[]) => packs.map((pack) => ({ ...pack, packLocation: "" }));
    expect(without(body.requiredPolicies)).toEqual(without(before));
  });

  test("who asks what a run must run is told what the run is told, with what its program adds, and nothing becomes known", async () => {
    const group = await newGroup(t);
    await edit(t, group, { addPolicyPack: { name: await newPack(t), versionTag: "1.0.0" } });
    const rule = { all: [{ tag: "pulumi:runtime", value: "dotnet" }] };
    await t.send(`PUT ${OWN_GROUPS}/${group}/selector`, { selector: rule });
    const there = { backend: "s3://asked", project: "shop", stack: "asked" };
    const program = { name: "shop", runtime: "dotnet" };
    const ask = (more: object = {}) =>
      t.send("POST /api/quillon/orgs/acme/elsewhere/policypacks", { ...there, ...more });
    const packsOf = ({ body }: { body: { requiredPolicies: object[] } }) =>
      body.requiredPolicies.map((pack) => ({ ...pack, packLocation: "" }));
    const asked = await ask({ program });
    expect(asked).toMatchObject({ status: 200, body: { project: "shop", stack: "asked" } });
    expect(packsOf(asked)).toHaveLength(2);
    expect(packsOf(await ask())).toHaveLength(1);
    expect((await t.send("GET /api/quillon/orgs/acme/elsewhere?backend=s3://asked")).body).toEqual({ stacks: [] });
    await t.send(ROUTE, there);
    const run = await t.send("POST /api/stacks/acme/shop/asked/update", { backend: there.backend, ...program });
    expect(packsOf(run)).toEqual(packsOf(asked));
    expect(packsOf(await ask({ program }))).toEqual(packsOf(asked));
  });

  test.each<[what: string, request: object, id: string]>([
    ["whose name is taken", { backend: "gs://states", stack: "taken" }, "stack_name_taken"],
    ["that has another name already", { as: { project: "shop", stack: "other" } }, "stack_named_already"],
    ["whose own name is free", { stack: "free-too", as: { project: "shop", stack: "unguarded" } }, "stack_name_free"],
    ["in no backend", { backend: "states" }, "invalid_input"],
  ])("of a stack %s asking is refused as its run is", async (_, request, id) => {
    const there = { backend, project: "shop", stack: "taken" };
    await t.send(ROUTE, there);
    const asked = await t.send("POST /api/quillon/orgs/acme/elsewhere/policypacks", { ...there, ...request });
    expect(asked.body.id).toBe(id);
    expect((await t.send(ROUTE, { ...there, ...request })).body).toEqual(asked.body);
  });

  test("a Pulumi CLI that is logged in here can't update it, nor a client of another backend", async () => {
    const path = await stackElsewhere(t);
    for (const body of [{}, { backend: "gs://states" }, { backend: `${backend}/` }]) {
      const answer = await t.send(`POST ${path}/update`, body);
      expect(answer).toMatchObject({ status: 400, body: { id: "stack_elsewhere" } });
      expect(answer.body.message).toContain(`is not here, but in ${backend}`);
    }
    const held = await newStack(t);
    const answer = await t.send(`POST ${held.path}/update`, { backend });
    expect(answer).toMatchObject({ status: 400, body: { id: "stack_held" } });
  });

  const state = { version: 3, deployment: {} };
  test.each<[request: string, body?: object]>([
    ["GET /export"],
    ["GET /export/0"],
    ["POST /import", state],
    ["POST /rename", { newName: "other" }],
    ["POST /encrypt", { plaintext: "cw==" }],
    ["POST /decrypt", { ciphertext: "cw==" }],
    ["POST /batch-encrypt", { plaintexts: ["cw=="] }],
    ["POST /batch-decrypt", { ciphertexts: ["cw=="] }],
  ])("%s is refused", async (request, body) => {
    const [method, route] = request.split(" ");
    const answer = await t.send(`${method} ${await stackElsewhere(t)}${route}`, body);
    expect(answer).toMatchObject({ status: 400, body: { id: "stack_elsewhere" } });
  });
});
