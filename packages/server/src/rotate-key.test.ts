import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startServer } from "./main.ts";
import { parseMasterKey } from "./master-key.ts";
import { finishRotation, rotateKey } from "./rotate-key.ts";
import { readSettings } from "./settings.ts";
import { makeDataFolder } from "./testing/database.ts";

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "quillon-rotate-"));
});
afterEach(() => rm(data, { recursive: true, force: true }));

const settings = (env: Record<string, string> = {}) =>
  readSettings(
    { data, listen: "127.0.0.1:0" },
    { QUILLON_LOG_LEVEL: "silent", QUILLON_BOOTSTRAP_TOKEN: "given", ...env },
  );
const headers = { authorization: "token given", "content-type": "application/json" };

async function ask(url: string, path: string, body?: unknown) {
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await fetch(`${url}${path}`, init);
  expect(answer.status).toBe(200);
  return answer.json();
}

/** Stores a secret, and what it takes to read it again. */
async function encrypt(url: string): Promise<unknown> {
  await ask(url, "/api/stacks/acme/web", { stackName: "dev" });
  const plaintext = Buffer.from("secret").toString("base64");
  return ask(url, "/api/stacks/acme/web/dev/encrypt", { plaintext });
}

async function decrypt(url: string, sealed: unknown): Promise<string> {
  const { plaintext } = (await ask(url, "/api/stacks/acme/web/dev/decrypt", sealed)) as { plaintext: string };
  return Buffer.from(plaintext, "base64").toString();
}

const receiptKey = (url: string) => ask(url, "/api/quillon/receipt-key");

test("a folder without a database has no key to replace", async () => {
  await expect(rotateKey(settings(), undefined)).rejects.toThrow("There is no Quillon database");
});

test("the key of a folder is replaced, and what was encrypted and signed before stays readable", async () => {
  await makeDataFolder(data);
  const first = await startServer(settings());
  const [sealed, signed] = [await encrypt(first.url), await receiptKey(first.url)];
  await expect(rotateKey(settings(), undefined)).rejects.toThrow("Stop that server first");
  await first.close();

  const old = await readFile(join(data, "master.key"), "utf8");
  const isSet = settings({ QUILLON_MASTER_KEY: old });
  await expect(rotateKey(isSet, undefined)).rejects.toThrow("Set QUILLON_NEW_MASTER_KEY");
  await expect(rotateKey(isSet, parseMasterKey(old, "it"))).rejects.toThrow("is used already");
  const rotated = await rotateKey(settings(), undefined);
  const oldFile = join(data, `master-${rotated.old}.key`);
  expect(rotated.oldFile).toBe(oldFile);
  expect(await readFile(oldFile, "utf8")).toBe(old);
  expect((await readdir(data)).filter((name) => name.startsWith("master")).length).toBe(2);

  const second = await startServer(settings());
  expect(await decrypt(second.url, sealed)).toBe("secret");
  expect(await receiptKey(second.url)).toEqual(signed);
  await second.close();
  await expect(startServer(isSet)).rejects.toThrow("belongs to master key");
});

const superuser = process.env.QUILLON_TEST_POSTGRES;
describe.skipIf(!superuser)("servers on one PostgreSQL", () => {
  const name = `quillon_rotate_${process.pid}`;
  const databaseUrl = Object.assign(new URL(superuser ?? "postgres://none"), { pathname: name }).href;
  const execute = async (statement: string) => {
    const client = new pg.Client({ connectionString: superuser });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  beforeEach(() => execute(`create database ${name}`));
  afterEach(() => execute(`drop database if exists ${name} with (force)`));

  test("get another key one after the other, and all can read what any has encrypted", async () => {
    const [old, next] = [randomBytes(32).toString("base64"), randomBytes(32).toString("base64")];
    const withKey = (key: string) => settings({ QUILLON_DATABASE_URL: databaseUrl, QUILLON_MASTER_KEY: key });
    const first = await startServer(withKey(old));
    const sealed = await encrypt(first.url);
    const rotated = await rotateKey(withKey(old), parseMasterKey(next, "it"));
    expect(rotated.oldFile).toBeUndefined();

    const second = await startServer(withKey(next));
    for (const { url } of [first, second]) expect(await decrypt(url, sealed)).toBe("secret");
    const third = await startServer(withKey(old));
    expect(await decrypt(third.url, sealed)).toBe("secret");
    await third.close();

    await expect(finishRotation(withKey(old))).rejects.toThrow("Give the newest one");
    expect(await finishRotation(withKey(next))).toEqual({ now: rotated.new, removed: [rotated.old] });
    await expect(startServer(withKey(old))).rejects.toThrow("belongs to master key");
    for (const { url } of [first, second]) expect(await decrypt(url, sealed)).toBe("secret");
    await Promise.all([first.close(), second.close()]);
  });
});
