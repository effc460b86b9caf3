import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repositoryDir } from "../tools/repository.ts";
import { answersOf } from "./harness/ask-pack.ts";
import { bundledPacks, installedPacks, recordedResources } from "./harness/bundled-packs.ts";
import { Command } from "./harness/command.ts";

// The packs of e2e/fixtures/bundled-packs, as they are and bundled. They are asked here in the protocol of the engine, with recorded
// resources; bundled-preview.test.ts has the Pulumi CLI run some of them.

type Bundle = typeof import("../packages/bundle/src/index.ts");

let dir: string;
let installed: string;
let bundle: Bundle;

beforeAll(async () => {
  installed = installedPacks();
  dir = realpathSync(mkdtempSync(join(tmpdir(), "quillon-same-")));
  bundle = await import(join(repositoryDir, "packages/bundle/dist/index.js"));
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** @returns the folder of the bundled pack, as the Pulumi CLI unpacks it. */
async function bundled(name: string): Promise<string> {
  const directory = join(installed, "packs", name);
  const { archive, problems } = await bundle.bundlePack({ directory, cache: join(dir, "cache") });
  expect(problems.map(bundle.problemLine)).toEqual([]);
  const to = join(dir, name);
  mkdirSync(to);
  writeFileSync(`${to}.tgz`, archive);
  const { code, all } = await new Command(`tar -xzf ${to}.tgz --strip-components=1 -C ${to}`, { dir, env: {} }).outcome;
  expect(code, all).toBe(0);
  return to;
}

/** Policies that find nothing wrong with the resources. */
const SILENT: Record<string, string[]> = { awsguard: [] };

describe("a bundled pack answers to every request as the pack as it is:", () => {
  test.each(bundledPacks)("%s", async (name) => {
    const resources = recordedResources();
    const [asItIs, asBundle] = await Promise.all([
      answersOf(join(installed, "packs", name), resources),
      bundled(name).then((folder) => answersOf(folder, resources)),
    ]);
    expect(asBundle).toEqual(asItIs);
    // A policy that never says anything would compare nothing.
    expect(asItIs.policies.filter((policy) => !asItIs.heard.includes(policy))).toEqual(SILENT[name] ?? []);
  });
});
