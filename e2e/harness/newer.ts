import { dirname } from "node:path";
import { newerCli } from "../../tools/toolchain/clis.ts";
import { isProgram } from "../../tools/toolchain/find.ts";
import { pulumiProgram } from "./built.ts";
import type { Terminal } from "./terminal.ts";

/** `npm run toolchain -- --all` builds it. */
export function hasNewerPulumi(): boolean {
  return isProgram(newerCli.program);
}

/** The same person's terminal, with the newer CLI and its hosts instead of the pinned ones. */
export function withNewerPulumi(terminal: Terminal): Terminal {
  const dirs = (terminal.env.PATH ?? "").split(":").filter((dir) => dir !== dirname(pulumiProgram()));
  return terminal.with({ PATH: [dirname(newerCli.program), ...dirs].join(":") });
}
