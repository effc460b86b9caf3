import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { repositoryDir } from "./repository.ts";

// The tests of the example packs, as `quillon policy test` runs them where a pack is installed. Here nothing is installed.

const place = mkdtempSync(join(tmpdir(), "quillon-examples-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const packs = join(repositoryDir, "examples", "packs");

/** The classes that the pack `aws` names, without the hundreds of megabytes of their package. */
const awsClasses = `
const resource = (type) => ({ isInstance: (one) => one.__pulumiType === type, __pulumiType: type });
export const ebs = { Volume: resource("aws:ebs/volume:Volume") };
export const ec2 = { SecurityGroup: resource("aws:ec2/securityGroup:SecurityGroup") };
export const iam = { Policy: resource("aws:iam/policy:Policy") };
export const rds = { Instance: resource("aws:rds/instance:Instance") };
`;

test.each(["aws", "custom-policy-pack", "kubernetes", "tagging"])("the tests of %s pass", async (name) => {
  const stub = join(place, "aws-classes.mjs");
  const outfile = join(place, `${name}.test.mjs`);
  writeFileSync(stub, awsClasses);
  await build({
    entryPoints: [join(packs, name, "index.test.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["source"],
    alias: { "@pulumi/aws": stub },
    outfile,
  });
  expect(run(process.execPath, ["--test", "--test-reporter=tap", outfile])).toContain("# fail 0");
});

/** What \`policies.py\` imports, as far as its tests need it. */
const pulumiPolicy = `
from types import SimpleNamespace
EnforcementLevel = SimpleNamespace(MANDATORY="mandatory")
PolicyConfigSchema = ResourceValidationPolicy = dict
ReportViolation = ResourceValidationArgs = object
`;

test("the tests of custom-policy-pack-python pass", () => {
  writeFileSync(join(place, "pulumi_policy.py"), pulumiPolicy);
  const env = { ...process.env, PYTHONPATH: place, PYTHONDONTWRITEBYTECODE: "1" };
  const said = run("python3", ["-m", "unittest"], { cwd: join(packs, "custom-policy-pack-python"), env });
  expect(said).toMatch(/Ran 4 tests.*OK/s);
});

function run(program: string, args: string[], place: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", ...place });
  if (error) throw error;
  expect(status, stdout + stderr).toBe(0);
  return stdout + stderr;
}
