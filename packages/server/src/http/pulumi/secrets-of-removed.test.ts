import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { makeToken, person, team } from "../../testing/people.ts";
import { sendText } from "../../testing/stack.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe.each(engines)("the secrets of a removed stack on $name", (engine) => {
  let t: TestApp;
  let n = 0;
  let project: string;
  let path: string;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  beforeEach(async () => {
    n += 1;
    project = `/api/stacks/acme/p${n}`;
    path = `${project}/dev`;
    await setDefault("write");
  });
  afterAll(() => t.close());

  const setDefault = (permission: string) =>
    t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: permission });
  const init = (as?: string, stackName = "dev") => t.send(`POST ${project}`, { stackName }, as ? { as } : {});
  const remove = (at = path) => t.send(`DELETE ${at}?force=true`);
  const encrypt = async (plain: string, at = path): Promise<string> =>
    (await t.send(`POST ${at}/encrypt`, { plaintext: base64(plain) })).body.ciphertext;
  const decrypt = (ciphertext: string, { as, at = path }: { as?: string; at?: string } = {}) =>
    t.send(`POST ${at}/decrypt`, { ciphertext }, as ? { as } : {});

  const refused = { status: 400, body: { id: "ciphertext_invalid" } };

  test("a removed stack's secrets are readable in a new stack of its name, as are the new stack's own", async () => {
    await init();
    const old = await encrypt("old");
    await remove();
    await init();
    const ciphertexts = [await encrypt("new"), old, await encrypt("")];
    const { body } = await t.send(`POST ${path}/batch-decrypt`, { ciphertexts });
    const wanted = ["new", "old", ""].map(base64);
    expect(body.plaintexts).toEqual(Object.fromEntries(ciphertexts.map((one, index) => [one, wanted[index]])));
    const damaged = Buffer.from(old, "base64");
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
    expect(await decrypt(damaged.toString("base64"))).toMatchObject(refused);
  });

  test("the secrets of each stack that had the name are readable, in any order", async () => {
    const values: [string, string][] = [];
    for (const plain of ["first", "second", "third"]) {
      await init();
      values.push([await encrypt(plain), base64(plain)]);
      await remove();
    }
    await init();
    const mixed = [...values, ...values.toReversed()];
    const { body } = await t.send(`POST ${path}/batch-decrypt`, { ciphertexts: mixed.map(([sealed]) => sealed) });
    expect(body.plaintexts).toEqual(Object.fromEntries(values));
  });

  test("what is tried with keys that do not fit is counted over the whole request, and limited", async () => {
    const sealed: string[] = [];
    for (const plain of ["first", "second"]) {
      await init();
      sealed.push(await encrypt(plain));
      await remove();
    }
    await init();
    const run = t.workers.run.bind(t.workers);
    const lefts: number[] = [];
    const spy = vi.spyOn(t.workers, "run").mockImplementation((task, input, ...more) => {
      if (task.name !== "open-values") return run(task, input, ...more);
      const { left, ...others } = input as { left: number };
      lefts.push(left);
      // As when most of it was used up.
      const now = lefts.length === 1 ? left : Math.min(left, 10_000_000);
      return run(task, { ...others, left: now } as typeof input, ...more);
    });
    try {
      const ciphertexts = Array.from({ length: 6_000 }, (_, index) => sealed[index % 2] ?? "");
      const answer = await sendText(t, `POST ${path}/batch-decrypt`, JSON.stringify({ ciphertexts }));
      expect(answer).toMatchObject({ status: 400, body: { id: "ciphertexts_mixed" } });
    } finally {
      spy.mockRestore();
    }
    expect(lefts.length).toBe(2);
    expect(lefts[1]).toBeLessThan(lefts[0] ?? 0);
  });

  test("the secrets stay readable when the new stack is renamed, moved, or removed and made again", async () => {
    await init();
    const old = await encrypt("old");
    await remove();
    await init();
    await t.send(`POST ${path}/rename`, { newName: "prod", newProject: `moved${n}` });
    const moved = `/api/stacks/acme/moved${n}/prod`;
    expect((await decrypt(old, { at: moved })).body).toEqual({ plaintext: base64("old") });
    await remove(moved);
    await t.send(`POST /api/stacks/acme/moved${n}`, { stackName: "prod" });
    expect((await decrypt(old, { at: moved })).body).toEqual({ plaintext: base64("old") });
    await init();
    expect((await decrypt(old)).body).toEqual({ plaintext: base64("old") });
  });

  test("the secrets are not readable in a stack of another name, project or organization", async () => {
    await init();
    const old = await encrypt("old");
    await remove();
    await init(undefined, "other");
    expect(await decrypt(old, { at: `${project}/other` })).toMatchObject(refused);
    await t.send(`POST ${project}x`, { stackName: "dev" });
    expect(await decrypt(old, { at: `${project}x/dev` })).toMatchObject(refused);
    await t.send("POST /api/quillon/orgs", { name: `org${n}` });
    const there = project.replace("/acme/", `/org${n}/`);
    await t.send(`POST ${there}`, { stackName: "dev" });
    expect(await decrypt(old, { at: `${there}/dev` })).toMatchObject(refused);
  });

  test("the secrets are readable only to those who could read the removed stack, not to all who may read the new one", async () => {
    await setDefault("none");
    const creator = await person(t, `creator${n}`);
    const other = await person(t, `other${n}`);
    await init(creator);
    const crew = await team(t, `crew${n}`, { [`p${n}/dev`]: 101 });
    const crewToken = (await makeToken(t, `/api/orgs/acme/teams/crew${n}`, { name: "ci" })).as;
    const late = await team(t, `late${n}`);
    const old = await encrypt("old");
    await remove();
    await init(other);
    for (const name of ["crew", "late"]) {
      const addStackPermission = { projectName: `p${n}`, stackName: "dev", permission: 101 };
      await t.send(`PATCH /api/orgs/acme/teams/${name}${n}`, { addStackPermission });
    }
    for (const as of [`token ${t.token}`, crew, crewToken]) {
      expect((await decrypt(old, { as })).body).toEqual({ plaintext: base64("old") });
    }
    for (const as of [other, late]) expect(await decrypt(old, { as })).toMatchObject(refused);
    expect((await decrypt(old, { as: creator })).status).toBe(404);
    await setDefault("read");
    for (const as of [creator, other, late]) {
      expect((await decrypt(old, { as })).body).toEqual({ plaintext: base64("old") });
    }
  });

  test("the keys of the newest 100 removed stacks of a name are kept", async () => {
    const sealed: string[] = [];
    for (let made = 0; made < 102; made += 1) {
      await init();
      if (made < 3) sealed.push(await encrypt(`${made}`));
      await remove();
    }
    await init();
    expect(await decrypt(sealed[0] ?? "")).toMatchObject(refused);
    expect(await decrypt(sealed[1] ?? "")).toMatchObject(refused);
    expect((await decrypt(sealed[2] ?? "")).body).toEqual({ plaintext: base64("2") });
  });
});
