import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkSdk } from "../tools/link-sdk.ts";
import { repositoryDir } from "../tools/repository.ts";
import { installedPacks } from "./harness/bundled-packs.ts";
import { hasPython, pipEnvironment } from "./harness/python.ts";
import { example } from "./harness/sources.ts";
import { resourcesOf } from "./harness/state.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// The others are in Python, or use `@quillon/policy`, which no registry has.
const locked = ["packs", "programs"].flatMap((kind) =>
  readdirSync(join(repositoryDir, "examples", kind))
    .map((name) => join("examples", kind, name))
    .filter((name) => existsSync(join(repositoryDir, name, "package-lock.json"))),
);

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

describe.each(locked)("%s", (name) => {
  test("has a valid lock file, which names no registry", async () => {
    const dir = join(repositoryDir, name);
    expect(readFileSync(join(dir, "package-lock.json"), "utf8")).not.toContain('"resolved"');
    await world.admin.in(dir).ok("npm ci --dry-run");
  });
});

describe("the pack buckets with the program website", () => {
  let inProgram: Terminal;

  beforeAll(async () => {
    await world.admin.in(example(world, "packs/buckets")).ok("pulumi policy publish acme");
    await world.admin.ok("pulumi policy enable acme/buckets latest");
    inProgram = world.admin.in(example(world, "programs/website"));
    await inProgram.ok("pulumi stack init acme/dev");
  });

  test("stops a public bucket, even if it has an owner", async () => {
    const up = await inProgram.fails("pulumi up --yes");
    expect(up).toContain("[mandatory] [severity: critical]  bucket-not-public  (aws:s3/bucket:Bucket: site)");
    expect(up).toContain("change its acl from public-read to private.");
    expect(up).not.toContain("bucket-has-owner");
    expect(await resourcesOf(inProgram)).toEqual([]);
  });

  test("lets a private bucket pass", async () => {
    await inProgram.ok("pulumi config set acl private");
    expect(await inProgram.ok("pulumi up --yes")).toContain("✅ buckets@v1.0.0");
    expect(await resourcesOf(inProgram)).toEqual(["site"]);
  });

  test("stops a stack with too many buckets", async () => {
    const config = `${JSON.stringify({ "few-buckets": { most: 0 } })}`;
    await world.admin.ok(
      `echo '${config}' > config.json; pulumi policy enable acme/buckets latest --config config.json`,
    );
    expect(await inProgram.fails("pulumi preview")).toContain("The stack has 1 of at most 0 buckets.");
  });
});

describe("the pack passwords with the program passwords", () => {
  test("shows an advisory violation for each password without special characters", async () => {
    const pack = example(world, "packs/passwords");
    const inProgram = world.admin.in(example(world, "programs/passwords"));
    await inProgram.ok("pulumi stack init acme/dev");
    await inProgram.ok("pulumi config set length 16 && pulumi config set special false");
    await inProgram.ok("pulumi config set --path services[0] web && pulumi config set --path services[1] queue");
    const preview = await inProgram.ok(`pulumi preview --policy-pack ${pack}`);
    expect(preview).not.toContain("[mandatory]");
    for (const service of ["web", "queue"]) {
      const resource = `(random:index/randomPassword:RandomPassword: ${service})`;
      expect(preview).toContain(`[advisory] [severity: low]  password-special-characters  ${resource}`);
    }
  });
});

describe("the pack custom-policy-pack with the states of the program shop", () => {
  const state = (name: string) => join(repositoryDir, "examples", "programs", "shop", "states", `${name}.json`);
  let check: string;

  beforeAll(() => {
    const pack = example(world, "packs/custom-policy-pack");
    linkSdk(pack);
    check = `quillon check --policy-pack ${pack}`;
  });

  test("finds what is wrong with the violating one", async () => {
    const said = await world.admin.run(`${check} ${state("violating")}`);
    expect(said).toMatchObject({ code: 2, stdout: expect.stringContaining(": 4 mandatory and 0 advisory violations") });
    for (const policy of ["has-tag", "instance-type", "bucket-name"]) expect(said.stdout).toContain(`] ${policy}\n`);
  });

  test("finds nothing in the fixed one", async () => {
    expect(await world.admin.ok(`${check} ${state("fixed")}`)).toContain(": 0 mandatory and 0 advisory violations");
  });
});

describe("the tests that come with a pack", () => {
  // Installing the packs from a registry is left out: their tests are bundled with the SDK of this repository.
  let place: string;

  beforeAll(() => {
    place = join(world.dir, "pack-tests");
    mkdirSync(place);
    symlinkSync(join(installedPacks(), "node_modules"), join(place, "node_modules"));
  });

  test.each(["aws", "custom-policy-pack", "kubernetes", "tagging"])("pass for %s", async (name) => {
    const outfile = join(place, `${name}.test.mjs`);
    await build({
      entryPoints: [join(repositoryDir, "examples/packs", name, "index.test.ts")],
      bundle: true,
      platform: "node",
      format: "esm",
      conditions: ["source"],
      external: ["@pulumi/aws"],
      outfile,
    });
    expect(await world.admin.ok(`node --test --test-reporter=tap ${outfile}`)).toContain("# fail 0");
  });

  test.skipIf(!hasPython())("pass for custom-policy-pack-python", async () => {
    const inPack = world.admin.in(example(world, "packs/custom-policy-pack-python")).with(pipEnvironment());
    await inPack.ok("python3 -m venv venv && venv/bin/pip install --quiet -r requirements-dev.txt -r requirements.txt");
    const { code, all } = await inPack.run("quillon policy test");
    expect(all).toMatch(/Ran 4 tests.*OK/s);
    expect(code).toBe(0);
  });
});
