import { Command } from "commander";
import { orgCommand } from "./commands/org.ts";
import { serverCommand } from "./commands/server.ts";
import { tokenCommand } from "./commands/token.ts";
import { userCommand } from "./commands/user.ts";
import { errorMessage } from "./error-message.ts";
import { version } from "./version.ts";

const program = new Command("quillon")
  .description("Policy as code for Pulumi, open and self-hosted.")
  .version(version)
  .addCommand(serverCommand())
  .addCommand(orgCommand())
  .addCommand(userCommand())
  .addCommand(tokenCommand());

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`quillon: ${errorMessage(error)}\n`);
  process.exitCode = 1;
});
