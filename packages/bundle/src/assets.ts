import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { CarriedPackage } from "./carried-packages.ts";

/** The folder that `npm run build` fills: this package's own, also when its source runs. */
const dist = basename(import.meta.dirname) === "src" ? join(import.meta.dirname, "../dist") : import.meta.dirname;

/** The program that describes a provider's package. */
export const describeProgram = join(dist, "describe.js");

/** The thread in which a pack's compiler works. */
export const compileProgram = join(dist, "compile.js");

/** The JavaScript that stand-ins use. */
export const standInRuntime = () => readFileSync(join(dist, "stand-in.js"), "utf8");

/** The SDK as one file that starts a pack when the engine's launcher runs it; or without it, for a pack that keeps its own. */
export const bootFile = ({ keepSdk }: { keepSdk: boolean }) =>
  readFileSync(join(dist, keepSdk ? "plain-boot.js" : "boot.js"));

/** What starts a pack in Python that needs no virtual environment: the file that the engine's launcher runs, and what that has Python run. */
export const pythonBoot = () => readFileSync(join(dist, "python-boot.js"));
export const pythonLaunch = () => readFileSync(join(dist, "launch.py"));

interface BootFacts {
  /** The versions of Node.js that can run it. */
  node: string;
  /** The packages whose code is in it; the first is the SDK itself. */
  packages: CarriedPackage[];
}

export const bootFacts = (): BootFacts => JSON.parse(readFileSync(join(dist, "boot.json"), "utf8"));
