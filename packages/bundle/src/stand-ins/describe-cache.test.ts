import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { testPack } from "../testing.ts";
import { describer } from "./describe-cache.ts";

test("a provider's package is described again when it has changed, although its files have the sizes and times that they had, as npm gives them", async () => {
  const cache = mkdtempSync(join(tmpdir(), "quillon-cache-"));
  const pack = testPack({ "node_modules/pets/package.json": JSON.stringify({ name: "pets", version: "1.0.0" }) });
  onTestFinished(() => {
    rmSync(cache, { recursive: true });
    pack.remove();
  });
  const folder = join(pack.directory, "node_modules/pets");
  const npm = new Date("1985-10-26T08:15:00Z");
  const describe = async (code: string) => {
    writeFileSync(join(folder, "index.js"), code);
    for (const file of readdirSync(folder)) utimesSync(join(folder, file), npm, npm);
    const { modules } = await describer(
      cache,
      new AbortController().signal,
    )({ name: "pets", version: "1.0.0", folder });
    return modules[""];
  };
  expect(await describe('exports.kind = "cat";')).toEqual({ kind: { value: "cat" } });
  expect(await describe('exports.kind = "dog";')).toEqual({ kind: { value: "dog" } });
});

test("what is known and can't be read is found out again", async () => {
  const cache = mkdtempSync(join(tmpdir(), "quillon-cache-"));
  const files = { "node_modules/pets/package.json": "{}", "node_modules/pets/index.js": 'exports.kind = "cat";' };
  const pack = testPack(files);
  onTestFinished(() => {
    rmSync(cache, { recursive: true });
    pack.remove();
  });
  const folder = join(pack.directory, "node_modules/pets");
  const describe = () => describer(cache, new AbortController().signal)({ name: "pets", version: "1.0.0", folder });
  const described = await describe();
  for (const file of readdirSync(cache)) writeFileSync(join(cache, file), '{"modules":');
  expect(await describe()).toEqual(described);
});

test("of what is known, what was used longest ago is forgotten", async () => {
  const cache = mkdtempSync(join(tmpdir(), "quillon-cache-"));
  const pack = testPack({ "node_modules/pets/package.json": "{}", "node_modules/pets/index.js": "" });
  onTestFinished(() => {
    rmSync(cache, { recursive: true });
    pack.remove();
  });
  const folder = join(pack.directory, "node_modules/pets");
  const describe = (version: string) =>
    describer(cache, new AbortController().signal)({ name: "pets", version, folder });
  await describe("1.0.0");
  const [used = ""] = readdirSync(cache);
  const others = Array.from({ length: 50 }, (_, number) => `stand-ins-${number}.json`);
  for (const [seconds, name] of [used, ...others].entries()) {
    writeFileSync(join(cache, name), "{}");
    utimesSync(join(cache, name), seconds, seconds);
  }
  await describe("1.0.0");
  await describe("2.0.0");
  const kept = readdirSync(cache);
  expect(kept).toHaveLength(50);
  expect(kept).toContain(used);
  expect(others.filter((name) => !kept.includes(name))).toEqual(["stand-ins-0.json", "stand-ins-1.json"]);
});
