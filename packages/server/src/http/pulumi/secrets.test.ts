import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newStack, sendText, type TestStack } from "../../testing/stack.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe.each(engines)("secrets on $name", (engine) => {
  let t: TestApp;
  let stack: TestStack;
  beforeAll(async () => {
    t = await startApp(engine);
    stack = await newStack(t);
  });
  afterAll(() => t.close());

  const encrypt = async (plain: string, path = stack.path): Promise<string> =>
    (await t.send(`POST ${path}/encrypt`, { plaintext: base64(plain) })).body.ciphertext;
  const decrypt = (ciphertext: string, path = stack.path) => t.send(`POST ${path}/decrypt`, { ciphertext });

  test.each(["", "hunter2", "日本 😀", "x".repeat(100_000)])("a value comes back as it was: %.10s", async (plain) => {
    const ciphertext = await encrypt(plain);
    expect(ciphertext).not.toContain(base64(plain) || "never");
    expect((await decrypt(ciphertext)).body).toEqual({ plaintext: base64(plain) });
  });

  test("a batch keeps its order, and answers by the ciphertexts as they were sent", async () => {
    const plaintexts = ["a", "b", "a", ""].map(base64);
    const { body } = await sendText(t, `POST ${stack.path}/batch-encrypt`, JSON.stringify({ plaintexts }));
    expect(body.ciphertexts).toHaveLength(4);
    const twice = [...body.ciphertexts, body.ciphertexts[0]];
    const answer = await sendText(t, `POST ${stack.path}/batch-decrypt`, JSON.stringify({ ciphertexts: twice }));
    const wanted = body.ciphertexts.map((sealed: string, index: number) => [sealed, plaintexts[index]]);
    expect(answer.body).toEqual({ plaintexts: Object.fromEntries(wanted) });
  });

  test("an empty batch is answered by an empty one", async () => {
    expect((await t.send(`POST ${stack.path}/batch-encrypt`, { plaintexts: [] })).body).toEqual({ ciphertexts: [] });
    expect((await t.send(`POST ${stack.path}/batch-decrypt`, { ciphertexts: [] })).body).toEqual({ plaintexts: {} });
  });

  test("values are worked through outside the main thread when they are many, however short they are", async () => {
    const sizes = vi.spyOn(t.workers, "run");
    const plaintexts = new Array(10_000).fill("");
    const { body } = await sendText(t, `POST ${stack.path}/batch-encrypt`, JSON.stringify({ plaintexts }));
    const { ciphertexts } = body;
    expect(await sendText(t, `POST ${stack.path}/batch-decrypt`, JSON.stringify({ ciphertexts }))).toMatchObject({
      body: { plaintexts: { [ciphertexts.at(-1)]: "" } },
    });
    for (const name of ["seal-values", "open-values"]) {
      const calls = sizes.mock.calls.filter(([task]) => task.name === name) as unknown as [
        object,
        { values: string[] },
        number,
      ][];
      expect(calls.reduce((sum, [, { values }]) => sum + values.length, 0)).toBe(10_000);
      for (const [, { values }, size] of calls) expect(size).toBeGreaterThanOrEqual(256 * values.length);
    }
    sizes.mockRestore();
  });

  test("after a value that can't be decrypted none is gone over", async () => {
    const sizes = vi.spyOn(t.workers, "run");
    const ciphertexts = [await encrypt("a"), ...new Array(10_000).fill("")];
    const { status, body } = await sendText(t, `POST ${stack.path}/batch-decrypt`, JSON.stringify({ ciphertexts }));
    expect([status, body.message]).toEqual([400, expect.stringContaining("Ciphertext 1 ")]);
    expect(sizes.mock.calls.filter(([{ name }]) => name === "open-values")).toHaveLength(2);
    sizes.mockRestore();
  });

  test("a batch with one damaged entry fails as a whole, and names it", async () => {
    const good = await encrypt("a");
    const damaged = Buffer.from(good, "base64");
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
    const ciphertexts = [good, damaged.toString("base64")];
    const { status, body } = await t.send(`POST ${stack.path}/batch-decrypt`, { ciphertexts });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 400,
      id: "ciphertext_invalid",
      message: expect.stringContaining("Ciphertext 1 "),
    });
    expect(body).not.toHaveProperty("plaintexts");
  });

  test.each(["", base64("short"), base64("x".repeat(60))])(
    "what was never encrypted is refused: %s",
    async (sealed) => {
      expect(await decrypt(sealed)).toMatchObject({ status: 400, body: { code: 400, id: "ciphertext_invalid" } });
    },
  );

  test("a stack can't read what another has encrypted", async () => {
    const other = await newStack(t);
    const sealed = await encrypt("a");
    expect(await decrypt(sealed, other.path)).toMatchObject({ status: 400, body: { id: "ciphertext_invalid" } });
  });

  test("what was encrypted stays readable after a rename, but not in a stack that takes the name after it", async () => {
    const { path } = await newStack(t);
    const sealed = await encrypt("a", path);
    await t.send(`POST ${path}/rename`, { newName: "renamed", newProject: "elsewhere" });
    const renamed = "/api/stacks/acme/elsewhere/renamed";
    expect((await decrypt(sealed, renamed)).body).toEqual({ plaintext: base64("a") });
    await t.send("POST /api/stacks/acme/web", { stackName: path.split("/").at(-1) });
    expect((await decrypt(sealed, path)).body.id).toBe("ciphertext_invalid");
  });

  test.each([
    ["encrypt", { plaintext: "not base64!" }],
    ["encrypt", {}],
    ["decrypt", { ciphertext: 1 }],
    ["batch-encrypt", { plaintexts: "a" }],
    ["batch-decrypt", { ciphertexts: [null] }],
    ["batch-decrypt", {}],
  ])("%s refuses the body %j", async (verb, body) => {
    const answer = await t.send(`POST ${stack.path}/${verb}`, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 400, id: "invalid_input" } });
  });

  test.each([
    ["log-decryption", { secretName: "web:password" }, "it showed the secret web:password"],
    ["log-decryption", {}, "it showed the secret (no name)"],
    ["log-batch-decryption", { commandName: "pulumi config" }, "the command pulumi config showed secrets"],
  ])("what decrypt/%s with %j records is told as the claim of the client", async (verb, body, claim) => {
    const { path } = await newStack(t);
    expect(await t.send(`POST ${path}/decrypt/${verb}`, body)).toMatchObject({ status: 200, body: {} });
    const { auditLogEvents } = (await t.send("GET /api/orgs/acme/auditlogs")).body;
    const [, description] = /: (.*)$/.exec(auditLogEvents[0].description) ?? [];
    expect(auditLogEvents[0].event).toBe("Stack Secret Shown");
    expect(description).toBe(`the client says that ${claim}`);
  });

  test("invariant 7: neither plaintext nor the stack's key is in the database", async () => {
    const { path } = await newStack(t);
    await encrypt("a-very-secret-value", path);
    const { data_key: key } = await t.db.selectFrom("stacks").select("data_key").limit(1).executeTakeFirstOrThrow();
    // Format, nonce and tag go before the 32 bytes of the key, so it is wrapped and not bare.
    expect(key.length).toBe(1 + 12 + 16 + 32);
    const rows = await t.db.selectFrom("stacks").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain("a-very-secret-value");
  });
});
