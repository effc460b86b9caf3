import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeFiles } from "./harness/files.ts";
import { hasPython, pipEnvironment } from "./harness/python.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// docs/guide/new-packs.md, as it is typed. What is installed, and a pack in JavaScript, are in installed.test.ts.

let world: World;
let author: Terminal;

beforeAll(async () => {
  world = await openWorld();
  author = world.admin.in(world.dir);
});

afterAll(() => world.close());

test("in a terminal somebody chooses a template, and elsewhere the templates are listed", async () => {
  writeFiles(world.dir, { answer: "gcp-python\n" });
  await author.ok("script -qec 'quillon policy new --dir chosen --generate-only' /dev/null < answer");
  expect(readFileSync(join(world.dir, "chosen/policies.py"), "utf8")).toContain("gcp:storage/bucket:Bucket");
  const said = await author.fails("quillon policy new --dir listed < /dev/null");
  expect(said).toMatch(/Say which template:\n {2}aws-javascript .*For example: quillon policy new aws-javascript/s);
  expect(existsSync(join(world.dir, "listed"))).toBe(false);
});

test("of a folder with several the one is named that is meant, and a copy keeps the name that its code gives it", async () => {
  for (const name of ["one", "two"])
    writeFiles(join(world.dir, "several", name), {
      "PulumiPolicy.yaml": "runtime: nodejs\n",
      "index.js": `new PolicyPack("${name}-rules", {});\n`,
    });
  const listed = await author.fails("quillon policy new several --dir mine < /dev/null");
  const [, example] = /For example: (quillon policy new .*)/.exec(listed) ?? [];
  const { all } = await author.run(`${example} --dir mine --generate-only`);
  expect(all).toContain("Made the policy pack one-rules in ");
});

test("a folder is a template, and one with files in it gets no pack", async () => {
  writeFiles(join(world.dir, "own"), { "PulumiPolicy.yaml": "runtime: nodejs\n", "index.js": `// \${PROJECT}\n` });
  const made = await author.ok("quillon policy new ./own --dir copy --generate-only");
  expect(readFileSync(join(world.dir, "copy/index.js"), "utf8")).toBe("// copy\n");
  expect(made).toContain("quillon policy test");
  expect((await author.run("quillon policy test copy")).all).toContain("No test used the test kit of @quillon/policy");
  expect(await author.fails("quillon policy new aws-python --dir copy")).toContain("has files in it, such as");
  expect(existsSync(join(world.dir, "copy/policies.py"))).toBe(false);
});

describe.runIf(hasPython())("a pack in Python", () => {
  test("is made with its environment, is tested, and holds a state against its policy", async () => {
    const inPython = author.with(pipEnvironment());
    await inPython.ok("quillon policy new aws-python --dir rules");
    const tested = await inPython.run("quillon policy test rules");
    expect(tested).toMatchObject({ code: 0, all: expect.stringMatching(/Ran 2 tests.*policies\.py +\d+ +\d+ +\d+%/s) });
    const type = "aws:s3/bucket:Bucket";
    const bucket = { urn: `urn:pulumi:dev::shop::${type}::site`, type, custom: true, id: "site" };
    const state = { version: 3, deployment: { resources: [{ ...bucket, inputs: { acl: "public-read" } }] } };
    writeFiles(world.dir, { "state.json": JSON.stringify(state) });
    const checked = await inPython.run("quillon check state.json --policy-pack rules");
    expect(checked).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/^rules 0\.1\.0 .*\[mandatory\] bucket-no-public-read/s),
    });
  });

  test("whose test fails ends with 2", async () => {
    writeFiles(join(world.dir, "rules"), { "policies.py": "def validate_bucket(args, report_violation):\n    pass\n" });
    expect(await author.run("quillon policy test rules")).toMatchObject({
      code: 2,
      all: expect.stringContaining("FAILED (failures=1)"),
    });
  });
});
