import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { changeCredentials, forget, readCredentials, readRemembered, remember } from "./credentials.ts";

const A = "https://a.example.com";
let home: string;
let env: Record<string, string>;
let file: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "quillon-credentials-"));
  env = { PULUMI_HOME: join(home, ".pulumi") };
  file = join(home, ".pulumi", "credentials.json");
});
afterEach(() => rm(home, { recursive: true }));

const logIn = () =>
  changeCredentials(env, (stored) => ({ ...stored, current: A, accounts: { [A]: { accessToken: "t" } } }));

test("the first login makes the file for its owner alone, in the folder that is made for it", async () => {
  expect(await readCredentials(env)).toEqual({});
  await logIn();
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual({
    current: A,
    accessTokens: { [A]: "t" },
    accounts: { [A]: { accessToken: "t" } },
  });
  const modes = [await stat(file), await stat(join(home, ".pulumi"))].map(({ mode }) => (mode & 0o777).toString(8));
  expect(modes).toEqual(["600", "700"]);
  expect(await readdir(join(home, ".pulumi"))).toEqual(["credentials.json"]);
});

test("what the Pulumi CLI keeps besides stays, and a link stays a link", async () => {
  await logIn();
  const kept = { version: 3, credentialHelper: { path: "/bin/helper" }, accounts: { b: { refreshToken: "r" } } };
  await rm(file);
  await writeFile(join(home, "kept.json"), JSON.stringify(kept));
  await symlink(join(home, "kept.json"), file);
  await changeCredentials(env, ({ accounts, ...rest }) => ({ ...rest, accounts: { ...accounts, [A]: {} } }));
  expect(JSON.parse(await readFile(join(home, "kept.json"), "utf8"))).toMatchObject({
    ...kept,
    accounts: { ...kept.accounts, [A]: {} },
  });
});

test("the file goes with the last login", async () => {
  await logIn();
  await changeCredentials(env, () => ({ accounts: {} }));
  expect(await readdir(join(home, ".pulumi"))).toEqual([]);
});

test("a file that can't be read says so, and is not replaced", async () => {
  await logIn();
  for (const [text, says] of [
    ["{", `${file} can't be read`],
    ['{"$pulumiSecureStore": 1, "data": "x"}', "Set QUILLON_URL and QUILLON_TOKEN"],
  ] as const) {
    await writeFile(file, text);
    await expect(logIn()).rejects.toThrow(says);
    expect(await readFile(file, "utf8")).toBe(text);
  }
  await writeFile(file, "");
  expect(await readCredentials(env)).toEqual({});
});

test("a folder that can't be made names the variable for another one", async () => {
  await writeFile(join(home, ".pulumi"), "");
  await expect(remember(env, A)).rejects.toThrow(
    /quillon\.json can't be written: .*\. To keep logins in another folder, set PULUMI_HOME\.$/,
  );
});

test("the server of quillon login is remembered beside it, until it is forgotten", async () => {
  await remember(env, A);
  expect(await readRemembered(env)).toEqual({ server: A });
  await forget(env);
  expect(await readRemembered(env)).toEqual({});
});

test("what is remembered of a server that is no text is as nothing", async () => {
  await remember(env, A);
  await writeFile(join(home, ".pulumi", "quillon.json"), '{"server": 5}');
  expect(await readRemembered(env)).toEqual({});
});

test.each(["null", "[]", "5", "{"])("a file with %s in it is told, with what to do", async (text) => {
  await logIn();
  await writeFile(file, text);
  await expect(readCredentials(env)).rejects.toThrow(
    /credentials\.json can't be read: .*\. Correct it, or move it away/,
  );
  await writeFile(join(home, ".pulumi", "quillon.json"), text);
  await expect(readRemembered(env)).rejects.toThrow(/quillon\.json can't be read: .*\. Correct it, or move it away/);
});
