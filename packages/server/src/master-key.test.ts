import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findGivenKey, makeKeyFile, parseMasterKey, readKeyFile, runKeyCommand } from "./master-key.ts";

test.each(["", "short", randomBytes(31).toString("base64"), randomBytes(33).toString("base64")])(
  "%j is not a master key, and the error says how to make one",
  (text) => {
    expect(() => parseMasterKey(text, "QUILLON_MASTER_KEY")).toThrow(/^QUILLON_MASTER_KEY .*openssl rand -base64 32/);
  },
);

test("a key file is read as it was made, and only its owner may read it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "quillon-keys-"));
  const path = join(folder, "master.key");
  expect(await readKeyFile(path)).toBeUndefined();
  const made = await makeKeyFile(path);
  expect((await readKeyFile(path))?.bytes).toEqual(made.bytes);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await readFile(path, "utf8")).trim()).toBe(made.bytes.toString("base64"));
  await rm(folder, { recursive: true });
});

describe("the command of QUILLON_MASTER_KEY_COMMAND", () => {
  const key = randomBytes(32).toString("base64");
  const from = { data: "none", databaseUrl: "postgres://none" };

  test("prints the key", async () => {
    const found = await findGivenKey({ ...from, masterKeyCommand: `echo ${key}` });
    expect(found?.fingerprint).toBe(parseMasterKey(key, "it").fingerprint);
  });

  test.each([
    ["exit 3", "QUILLON_MASTER_KEY_COMMAND ended with exit code 3."],
    [`echo ${key}; echo asking >&2; echo denied >&2; exit 1`, "ended with exit code 1: denied"],
    ["true", "What QUILLON_MASTER_KEY_COMMAND prints must be 32 bytes in base64"],
    ["echo c2VjcmV0", "What QUILLON_MASTER_KEY_COMMAND prints must be 32 bytes in base64"],
    ["none-of-this-name", "ended with exit code 127"],
  ])("%s is refused, and what it printed is not shown", async (command, sentence) => {
    const refused = await runKeyCommand(command).catch((error: Error) => error.message);
    expect(refused).toContain(sentence);
    for (const printed of [key, "c2VjcmV0"]) expect(refused).not.toContain(printed);
  });

  test("that does not end is ended", async () => {
    await expect(runKeyCommand("sleep 600", 100)).rejects.toThrow("did not end within 0.1 seconds");
  });

  test("and a key as well is one too many", async () => {
    const both = { ...from, masterKey: key, masterKeyCommand: `echo ${key}` };
    await expect(findGivenKey(both)).rejects.toThrow("Set only one of them");
  });
});
