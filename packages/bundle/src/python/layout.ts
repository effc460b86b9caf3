import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BILL_FILE } from "@quillon/contract/bill-of-materials";
import { parseDocument } from "yaml";
import type { Files } from "../artifact.ts";
import { Artifact } from "./artifact.ts";
import { refusalElsewhere } from "./other-machines.ts";
import type { PythonPack } from "./pack.ts";
import { MACHINES_FILE, machinesFile, type Target } from "./targets.ts";
import type { Wheel } from "./wheel.ts";
import { TOOLS, type WheelsFor } from "./wheels.ts";

/** The folder of the virtual environment where the pack is enforced. It is the one that the CLI takes by default. */
export const VENV = "venv";
const WHEELS = "wheels";

/** A wheel with more is one file of the archive, because servers bound how many files an archive has, and how large they are unpacked. */
const MOST_FILES = 2000;
const MOST_BYTES = 20 * 1024 * 1024;

/** Names the folder of wheels once more, because a machine's PIP_FIND_LINKS replaces what pip's configuration names, and not what requirements name. */
const FIND_WHEELS = `${VENV}/find-wheels.txt`;

/**
 * pip reads it in the virtual environment that is being filled, whatever the machine's own configuration. It compiles nothing, because Python
 * compiles what is imported, which is little of what is installed.
 *
 * https://pip.pypa.io/en/stable/topics/configuration/
 */
const pipConfig = (requirement: string) => `[global]
no-index = true
find-links = ./${WHEELS}
disable-pip-version-check = true

[install]
no-compile = no
requirement =
    ./${requirement}
    ./${FIND_WHEELS}
`;

/** By them newer CLIs choose another program than pip. Older SDKs do not start where PulumiPolicy.yaml names pip: the CLI gives them its options. */
const LOCKS = ["uv.lock", "poetry.lock"];

export interface Content {
  published: Files;
  all: readonly WheelsFor[];
  bill: string;
}

/**
 * The files of a pack whose virtual environment is made without a network. The CLI makes it around what is there already: pip's configuration, and
 * the packages of which there is nothing to install but their files.
 */
export function venvLayout(pack: PythonPack, { published, all, bill }: Content): Artifact {
  const targets = all.map(({ target }) => target);
  const { requirement, files } = refusalElsewhere(VENV, targets);
  const artifact = new Artifact([
    ...[...published].filter(([path]) => !LOCKS.includes(path)),
    ["PulumiPolicy.yaml", projectFile(pack, { name: "python", options: { virtualenv: VENV } })],
    [`${VENV}/pip.conf`, pipConfig(requirement)],
    // On Windows.
    [`${VENV}/pip.ini`, pipConfig(requirement)],
    ...files,
    // It is looked for from the folder of the file that names it.
    [FIND_WHEELS, `--find-links ../${WHEELS}\n`],
    [`${VENV}/${MACHINES_FILE}`, machinesFile(targets)],
    [BILL_FILE, bill],
  ]);
  for (const { target, wheels } of all) {
    const folder = sitePackages(target);
    // Several kinds of machines may share a folder: all Pythons do on Windows.
    const beside = all.filter((other) => sitePackages(other.target) === folder).flatMap((other) => other.wheels);
    for (const wheel of wheels) {
      if (isLaidOut(wheel, beside)) artifact.add(folder, wheel);
      else artifact.files.set(`${WHEELS}/${wheel.file}`, wheel.content);
    }
  }
  return artifact;
}

/** A tool is called as a module, and not by its programs. Of a package that is there twice, pip chooses. */
function isLaidOut(wheel: Wheel, beside: readonly Wheel[]): boolean {
  const {
    isForAll,
    hasMore,
    package: { name },
  } = wheel;
  const files = new Set(beside.filter((other) => other.package.name === name).map(({ file }) => file));
  return isForAll && files.size === 1 && (!hasMore || TOOLS.includes(name)) && !isLarge(wheel);
}

function isLarge({ installed }: Wheel): boolean {
  const bytes = [...installed.values()].reduce((sum, { content }) => sum + content.length, 0);
  return installed.size > MOST_FILES || bytes > MOST_BYTES;
}

/** https://docs.python.org/3/library/venv.html */
function sitePackages({ python, platform }: Target): string {
  return platform.startsWith("windows") ? `${VENV}/Lib/site-packages` : `${VENV}/lib/python${python}/site-packages`;
}

export function projectFile({ directory }: PythonPack, runtime: string | object): string {
  const document = parseDocument(readFileSync(join(directory, "PulumiPolicy.yaml"), "utf8"));
  document.set("runtime", runtime);
  return String(document);
}
