import { BILL_FILE } from "@quillon/contract/bill-of-materials";
import { pythonBoot, pythonLaunch } from "../assets.ts";
import { LEFT_OUT } from "../carried-files.ts";
import { PackRefused } from "../problems.ts";
import { BOOT_FILE } from "../sdk.ts";
import { Artifact } from "./artifact.ts";
import { type Content, projectFile } from "./layout.ts";
import type { PythonPack } from "./pack.ts";
import type { Target } from "./targets.ts";

const FOLDER = ".python";
/** What `boot.ts` is compiled for. */
const NODE = ">=20";
/** How many files a server takes in an archive, unless it is told otherwise. */
const MOST_FILES = 20_000;

/**
 * The files of a pack whose packages are all laid out, and need no virtual environment. The CLI takes it for a Node.js pack, as which it installs
 * nothing, and starts a file of Node.js, which starts Python.
 *
 * @throws PackRefused when they are more files than a server takes.
 */
export function launcherLayout(pack: PythonPack, { published, all, bill }: Content): Artifact {
  const targets = all.map(({ target }) => target);
  const wheels = all.flatMap((one) => one.wheels);
  const version = npmVersion(wheels.find((wheel) => wheel.package.name === "pulumi")?.package.version);
  const artifact = new Artifact([
    ...[...published].filter(([path]) => !LEFT_OUT.test(path)),
    ["PulumiPolicy.yaml", projectFile(pack, "nodejs")],
    [
      "package.json",
      json({
        private: true,
        main: BOOT_FILE,
        // npm looks at those that it knows.
        engines: { node: NODE, python: [...new Set(targets.map(({ python }) => python))].join(" || ") },
        dependencies: { "@pulumi/pulumi": version },
        bundleDependencies: ["@pulumi/pulumi"],
      }),
    ],
    ["node_modules/@pulumi/pulumi/package.json", json({ name: "@pulumi/pulumi", version })],
    [BOOT_FILE, pythonBoot()],
    [`${FOLDER}/launch.py`, pythonLaunch()],
    [`${FOLDER}/machines.txt`, targets.map((target) => `${machine(target)}\n`).join("")],
    [BILL_FILE, bill],
  ]);
  const isInAll = (file: string) => all.every((one) => one.wheels.some((other) => other.file === file));
  for (const { target, wheels } of all)
    for (const wheel of wheels) {
      const folder = wheel.isForAll && isInAll(wheel.file) ? "any" : machine(target);
      artifact.add(`${FOLDER}/${folder}`, wheel);
    }
  refuseTooMany(artifact.files.size);
  return artifact;
}

/** Said before the upload, which the server would refuse without knowing what to do. */
function refuseTooMany(count: number): void {
  if (count <= MOST_FILES) return;
  const [has, takes] = [count, MOST_FILES].map((number) => number.toLocaleString("en"));
  throw new PackRefused(
    `Without a virtual environment, the policy pack has ${has} files, and servers take ${takes}. Publish it without --no-venv, or for fewer versions of Python and platforms.`,
  );
}

/** Python's packages have versions, too, that npm doesn't take, such as 3.200.0a1. */
function npmVersion(version = ""): string {
  return /^\d+\.\d+\.\d+$/.test(version) ? version : "3.0.0";
}

function machine({ python, platform }: Target): string {
  return `${python}-${platform}`;
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
