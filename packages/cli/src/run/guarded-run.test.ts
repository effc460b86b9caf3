import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCommandLine } from "./command-line.ts";
import { conduct, prepare } from "./guarded-run.ts";

test("a command with no required packs needs no cache that can be written", async () => {
  const line = ["pulumi", "up", "--policy-pack", "mine", "--policy-pack-config", "own.json"];
  const read = readCommandLine(line, {});
  if (read.kind !== "guarded") throw new Error("It is not guarded.");
  const { lineWith } = await prepare([], { line, read, cache: join(import.meta.filename, "cache") });
  expect(lineWith("tcp://127.0.0.1:1")).toEqual(["pulumi", "up", "--event-log=tcp://127.0.0.1:1", ...line.slice(2)]);
});

test("a configuration that was cut off in the cache is written again", async () => {
  const cache = mkdtempSync(join(tmpdir(), "quillon-cache-"));
  try {
    mkdirSync(join(cache, "packs", "abc"), { recursive: true });
    const line = ["pulumi", "up"];
    const read = readCommandLine(line, {});
    if (read.kind !== "guarded") throw new Error("It is not guarded.");
    const required = [{ name: "a", versionTag: "1.0.0", archiveSha256: "abc", config: { least: 2 } }];
    const configs = join(cache, "configs");
    const texts = () => readdirSync(configs).map((name) => readFileSync(join(configs, name), "utf8"));
    await prepare(required, { line, read, cache });
    const whole = texts();
    expect(whole).toContain('{"least":2}');
    for (const name of readdirSync(configs)) writeFileSync(join(configs, name), "");
    await prepare(required, { line, read, cache });
    expect(texts()).toEqual(whole);
  } finally {
    rmSync(cache, { recursive: true });
  }
});

test("a command that is not there is told, and nothing keeps the process from ending", async () => {
  const listening = () => process.getActiveResourcesInfo().filter((one) => one === "TCPServerWrap").length;
  const before = listening();
  const report = {
    begin: async () => [],
    end: async () => {},
    abandon: () => Promise.reject(new Error("The folder can't be read.")),
  };
  const prepared = { packs: [], lineWith: () => ["/no/such/pulumi", "up"] };
  await expect(conduct(prepared, report, { env: process.env, own: undefined })).rejects.toThrow(
    "There is no command /no/such/pulumi. Is it installed, and on the PATH?\nThe command was not run.",
  );
  await expect.poll(listening).toBeLessThanOrEqual(before);
});

test("a signal that comes when the command has ended does not end the report, but its patience", async () => {
  const hurried: boolean[] = [];
  const report = {
    begin: async () => [],
    end: async (_: unknown, hurry?: AbortSignal) => {
      process.emit("SIGHUP");
      hurried.push(hurry?.aborted ?? false);
      await new Promise((resolve) => hurry?.addEventListener("abort", resolve));
      hurried.push(hurry?.aborted ?? false);
    },
    abandon: async () => {},
  };
  const before = process.listenerCount("SIGHUP");
  const prepared = { packs: [], lineWith: () => ["sh", "-c", "exit 3"] };
  expect(await conduct(prepared, report, { env: process.env, own: undefined })).toBe(3);
  expect(hurried).toEqual([false, true]);
  expect(process.listenerCount("SIGHUP")).toBe(before);
});
