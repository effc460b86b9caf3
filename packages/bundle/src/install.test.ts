import { existsSync, readFileSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { install } from "./install.ts";
import { TestFolder } from "./testing.ts";

afterEach(() => void vi.unstubAllEnvs());

/** Says a version, and writes down how it was called otherwise. */
const manager = (version: string) => `#!/bin/sh
if [ "$1" = --version ]; then echo ${version}; exit; fi
echo "$(basename $0) $* $YARN_ENABLE_SCRIPTS $YARN_NODE_LINKER" > called
[ ! -e refuse ] || { echo "no such package"; exit 1; }
`;

async function packWith(programs: Record<string, string>, files: Record<string, string>): Promise<string> {
  const bin = new TestFolder(programs);
  const pack = new TestFolder({ "PulumiPolicy.yaml": "runtime: nodejs\n", ...files });
  for (const name of Object.keys(programs)) await chmod(join(bin.directory, name), 0o755);
  vi.stubEnv("PATH", [bin.directory, process.env.PATH].join(delimiter));
  onTestFinished(() => {
    bin.remove();
    pack.remove();
  });
  return pack.directory;
}

const with_ = (packagemanager: string) => ({
  "PulumiPolicy.yaml": `runtime: { name: nodejs, options: { packagemanager: ${packagemanager} } }\n`,
});

describe("a published pack is installed without scripts", () => {
  test.each<[string, Record<string, string>, Record<string, string>, string]>([
    ["by npm", { npm: manager("11.0.0") }, {}, "npm install --ignore-scripts"],
    ["by the program that it names", { pnpm: manager("10.0.0") }, with_("pnpm"), "pnpm install --ignore-scripts"],
    ["by classic yarn", { yarn: manager("1.22.22") }, with_("yarn"), "yarn install --ignore-scripts"],
    ["by newer yarn, into node_modules", { yarn: manager("4.9.1") }, with_("yarn"), "yarn install false node-modules"],
    [
      "by yarn where its lock file is",
      { yarn: manager("4.9.1"), npm: manager("11.0.0") },
      { "yarn.lock": "__metadata:\n  version: 8\n" },
      "yarn install false node-modules",
    ],
    [
      "by npm where the lock file's program is not there",
      { yarn: "#!/bin/sh\nexit 127\n", npm: manager("11.0.0") },
      { "yarn.lock": "__metadata:\n  version: 8\n" },
      "npm install --ignore-scripts",
    ],
  ])("%s", async (_, programs, files, wanted) => {
    const directory = await packWith(programs, { ...files, ".yarnrc.yml": "", ".npmrc": "", ".yarn/patches/a": "" });
    await install(directory);
    expect(readFileSync(join(directory, "called"), "utf8").trim()).toBe(wanted);
    expect(existsSync(join(directory, "yarn.lock"))).toBe(wanted.includes("node-modules") || "yarn.lock" in files);
    expect([".yarnrc.yml", ".npmrc", ".yarn"].filter((name) => existsSync(join(directory, name)))).toEqual([]);
  });
});

test("what the program says is told, and what else can be done", async () => {
  const directory = await packWith({ yarn: manager("4.9.1") }, { ...with_("yarn"), refuse: "" });
  await expect(install(directory)).rejects.toThrow(
    /^yarn can't install what the policy pack needs: it ended with exit code 1.*quillon policy publish\.\nno such package$/s,
  );
});
