import { dirname } from "node:path";
import type { Cli } from "../../tools/toolchain/clis.ts";
import { isProgram } from "../../tools/toolchain/find.ts";
import { pulumiProgram } from "./built.ts";
import type { Terminal } from "./terminal.ts";

/** Whether that CLI was built: `npm run toolchain -- --all` builds those that the tests run besides the pinned one. */
export function hasPulumi(cli: Cli): boolean {
  return isProgram(cli.program);
}

/** The same person's terminal, in which `pulumi` and its language hosts are those of that CLI. */
export function withPulumi(cli: Cli, terminal: Terminal): Terminal {
  const dirs = (terminal.env.PATH ?? "").split(":").filter((dir) => dir !== dirname(pulumiProgram()));
  return terminal.with({ PATH: [dirname(cli.program), ...dirs].join(":") });
}
