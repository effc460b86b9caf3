import { dirname } from "node:path";
import { isProgram, pinnedPulumi } from "../../tools/toolchain-paths.mjs";
import { pulumiProgram } from "./built.ts";
import type { Terminal } from "./terminal.ts";

const newerPulumi = pinnedPulumi("3.250.0");

/** `npm run toolchain -- --all` builds it. */
export function hasNewerPulumi(): boolean {
  return isProgram(newerPulumi);
}

/** The same person's terminal, with the newer CLI and what comes with it in place of the one that all else is tested with. */
export function withNewerPulumi(terminal: Terminal): Terminal {
  const dirs = (terminal.env.PATH ?? "").split(":").filter((dir) => dir !== dirname(pulumiProgram()));
  return terminal.with({ PATH: [dirname(newerPulumi), ...dirs].join(":") });
}
