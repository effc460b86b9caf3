import { dirname } from "node:path";
import { isProgram, pinnedPulumi } from "../../tools/toolchain-paths.mjs";
import { pulumiProgram } from "./built.ts";
import type { Terminal } from "./terminal.ts";

/** The versions of the Pulumi CLI that the tests run in addition to the one that all tests use. */
type OtherVersion = "3.200.0" | "3.250.0";

/** `npm run toolchain -- --all` builds these versions. */
export function hasPulumi(version: OtherVersion): boolean {
  return isProgram(pinnedPulumi(version));
}

/** The same person's terminal, in which `pulumi` and its language hosts are those of this version. */
export function withPulumi(version: OtherVersion, terminal: Terminal): Terminal {
  const dirs = (terminal.env.PATH ?? "").split(":").filter((dir) => dir !== dirname(pulumiProgram()));
  return terminal.with({ PATH: [dirname(pinnedPulumi(version)), ...dirs].join(":") });
}
