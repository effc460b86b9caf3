import { posix } from "node:path";
import { ARCHIVE_LIMITS } from "@quillon/contract/archive-limits";
import { BILL_FILE } from "@quillon/contract/bill-of-materials";
import type { Files } from "../artifact.ts";
import { pythonBoot, pythonLaunch } from "../assets.ts";
import { LEFT_OUT } from "../carried-files.ts";
import { PackRefused } from "../problems.ts";
import { BOOT_FILE } from "../sdk.ts";
import { Artifact } from "./artifact.ts";
import { type Content, projectFile } from "./layout.ts";
import type { PythonPack } from "./pack.ts";
import { MACHINES_FILE, machine, machinesFile } from "./targets.ts";
import type { Wheel } from "./wheel.ts";
import type { WheelsFor } from "./wheels.ts";

const FOLDER = ".python";
/** What `boot.ts` is compiled for. */
const NODE = ">=20";
const MiB = 1024 * 1024;
/** In which a tar archive has a header of each file, and its content. */
const BLOCK = 512;

/**
 * The files of a pack whose packages are all laid out, and need no virtual environment. The CLI takes it for a Node.js pack, as which it installs
 * nothing, and starts a file of Node.js, which starts Python.
 *
 * @throws PackRefused when they are more files, or larger ones, than a server takes.
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
    [`${FOLDER}/${MACHINES_FILE}`, machinesFile(targets)],
    [BILL_FILE, bill],
  ]);
  const shared = sharedWheels(all);
  for (const { target, wheels } of all)
    for (const wheel of wheels) {
      artifact.add(`${FOLDER}/${shared.has(wheel.file) ? "any" : machine(target)}`, wheel);
    }
  refuseTooLarge(artifact.files);
  return artifact;
}

/** The files of the wheels that lie there once for all machines; none where these and others add modules to each other's packages. */
function sharedWheels(all: readonly WheelsFor[]): Set<string> {
  const isInAll = ({ file }: Wheel) => all.every(({ wheels }) => wheels.some((other) => other.file === file));
  const isShared = (wheel: Wheel) => wheel.isForAll && isInAll(wheel);
  const wheels = all.flatMap((one) => one.wheels);
  const [shared, others] = [wheels.filter(isShared), wheels.filter((wheel) => !isShared(wheel))];
  const isApart = all.length > 1 && !addTo(shared, others) && !addTo(others, shared);
  return new Set(isApart ? shared.map(({ file }) => file) : []);
}

/** Whether wheels have files inside the packages of others. Python looks for all of a package in the folder where it begins. */
function addTo(wheels: readonly Wheel[], others: readonly Wheel[]): boolean {
  const packages = new Set(
    others.flatMap(({ installed }) =>
      [...installed.keys()].filter((path) => /\/__init__\.\w+$/.test(path)).map(posix.dirname),
    ),
  );
  const isInside = (path: string): boolean => path !== "." && (packages.has(path) || isInside(posix.dirname(path)));
  return wheels.some(({ installed }) => [...installed.keys()].some(isInside));
}

/** Said before the upload, which the server would refuse without knowing what to do. */
function refuseTooLarge(files: Files): void {
  const blocks = [...files.values()].reduce(
    (sum, content) => sum + 1 + Math.ceil(Buffer.byteLength(content) / BLOCK),
    0,
  );
  refuseMore(files.size, ARCHIVE_LIMITS.entries, "files");
  refuseMore(Math.ceil((blocks * BLOCK) / MiB), ARCHIVE_LIMITS.bytes / MiB, "MiB");
}

function refuseMore(count: number, most: number, of: string): void {
  if (count <= most) return;
  const [has, takes] = [count, most].map((number) => number.toLocaleString("en"));
  throw new PackRefused(
    `Without a virtual environment, the policy pack has ${has} ${of}, and servers take ${takes}. Publish it without --no-venv, or for fewer versions of Python and platforms.`,
  );
}

/** Python's packages have versions, too, that npm doesn't take, such as 3.200.0a1. */
function npmVersion(version = ""): string {
  return /^\d+\.\d+\.\d+$/.test(version) ? version : "3.0.0";
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
