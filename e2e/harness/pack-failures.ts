import { type Dirent, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeFiles } from "./files.ts";
import { requirements } from "./python.ts";
import type { World } from "./world.ts";

/** A pack that makes each run fail in one way. It can be published, because it fails only where the CLI has installed it. */
interface FailingPack {
  name: string;
  /** The source of a pack for Node.js; it can use `INSTALLED` and `policies(BODY)`. */
  source?: string;
  /** Of its package.json. */
  scripts?: Record<string, string>;
  /** The lines of a pack in Python: at load, in a resource policy, and in a stack policy. */
  python?: { load?: string; resource?: string; stack?: string };
  /** Done to its archives on the server before the run. */
  archive?: (path: string) => void;
}

const ofPets = (body: string) =>
  `policies('validateResource: ({ type }) => { if (type.startsWith("random:")) ${body} }')`;
const fine = "policies('validateResource: () => {}')";
const pythonError = (text: string) => `raise ValueError("${text}")`;

export const failingPacks: readonly FailingPack[] = [
  { name: "download-404", source: fine, archive: (path) => rmSync(path) },
  { name: "download-broken", source: fine, archive: (path) => writeFileSync(path, "no archive") },
  {
    name: "install-fails",
    source: fine,
    scripts: { preinstall: "echo this cannot be built >&2; pwd | grep -v .pulumi" },
  },
  { name: "load-throws", source: `if (INSTALLED) throw new Error("no settings here"); ${fine}` },
  { name: "load-syntax", source: `if (INSTALLED) require("./broken.js"); ${fine}` },
  { name: "load-exits", source: `if (INSTALLED) process.exit(3); ${fine}` },
  {
    name: "configure-refused",
    source: `policies('validateResource: () => {}, configSchema: { properties: { size: { type: "integer" } }, ...(INSTALLED && { required: ["size"] }) }')`,
  },
  { name: "policy-throws", source: ofPets('throw new Error("cannot read size");') },
  { name: "policy-exits", source: ofPets("process.exit(4);") },
  { name: "remediate-throws", source: ofPets('throw new Error("cannot remediate");').replace("validate", "remediate") },
  { name: "stack-throws", source: `policies('validateStack: () => { throw new Error("cannot read stack"); }')` },
  { name: "py-load-throws", python: { load: pythonError("no settings here") } },
  { name: "py-policy-throws", python: { resource: pythonError("cannot read size") } },
  { name: "py-policy-exits", python: { resource: "os._exit(4)" } },
  { name: "py-stack-throws", python: { stack: pythonError("cannot read stack") } },
];

/** @param shared a virtual environment with the SDKs for Python. @returns the pack's path. */
export function writeFailingPack({ dir }: World, failing: FailingPack, shared: string): string {
  const { name, source = "", scripts = {}, python } = failing;
  const folder = join(dir, "packs", name);
  if (python)
    return writeFiles(folder, {
      "PulumiPolicy.yaml": `version: 1.0.0\nruntime: {name: python, options: {virtualenv: ${shared}}}\n`,
      "requirements.txt": requirements.map((line) => `${line}\n`).join(""),
      "__main__.py": pythonSource(name, python),
    });
  const written = source
    .replace(/policies\('(.*)'\)/, (_, body: string) => {
      const policy = `{ name: "p", description: "d", enforcementLevel: "mandatory", ${body} }`;
      return `new PolicyPack("${name}", { policies: [${policy}] });`;
    })
    .replaceAll("INSTALLED", '__dirname.includes(".pulumi")');
  return writeFiles(folder, {
    "PulumiPolicy.yaml": "runtime: nodejs\n",
    "package.json": JSON.stringify({ name, version: "1.0.0", private: true, main: "index.js", scripts }),
    "broken.js": "const = ;\n",
    "index.js": `const { PolicyPack } = require("@pulumi/policy");\n${written}\n`,
  });
}

function pythonSource(name: string, { load = "pass", resource = "pass", stack = "pass" }: { [at: string]: string }) {
  return `import os
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy, StackValidationPolicy

if ".pulumi" in os.path.abspath(__file__): ${load}

def of_resource(args, report):
    if args.resource_type.startswith("random:"): ${resource}

def of_stack(args, report):
    ${stack}

fields = {"description": "d", "enforcement_level": EnforcementLevel.MANDATORY}
PolicyPack(name="${name}", policies=[
    ResourceValidationPolicy(name="p", validate=of_resource, **fields),
    StackValidationPolicy(name="s", validate=of_stack, **fields),
])
`;
}

/** The archives that the server has. */
export function archivesOf({ dir }: World): string[] {
  const files = readdirSync(join(dir, "data"), { recursive: true, withFileTypes: true }) as Dirent[];
  return files.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => path.endsWith(".tgz"));
}
