import { Command } from "commander";
import { auditCommand } from "./commands/audit.ts";
import { complianceCommand } from "./commands/compliance.ts";
import { findingCommand } from "./commands/finding.ts";
import { groupCommand } from "./commands/group.ts";
import { loginCommand } from "./commands/login.ts";
import { logoutCommand } from "./commands/logout.ts";
import { orgCommand } from "./commands/org.ts";
import { packCommand } from "./commands/pack.ts";
import { policyCommand } from "./commands/policy.ts";
import { receiptCommand } from "./commands/receipt.ts";
import { resultsCommand } from "./commands/results.ts";
import { serverCommand } from "./commands/server.ts";
import { teamCommand } from "./commands/team.ts";
import { tokenCommand } from "./commands/token.ts";
import { userCommand } from "./commands/user.ts";
import { webhookCommand } from "./commands/webhook.ts";
import { whoamiCommand } from "./commands/whoami.ts";
import { errorMessage } from "./error-message.ts";
import { say } from "./output.ts";
import { version } from "./version.ts";

const program = new Command("quillon")
  .description("Policy as code for Pulumi, open and self-hosted.")
  .version(version)
  .addCommand(serverCommand())
  .addCommand(loginCommand())
  .addCommand(logoutCommand())
  .addCommand(whoamiCommand())
  .addCommand(orgCommand())
  .addCommand(userCommand())
  .addCommand(teamCommand())
  .addCommand(tokenCommand())
  .addCommand(groupCommand())
  .addCommand(packCommand())
  .addCommand(findingCommand())
  .addCommand(policyCommand())
  .addCommand(webhookCommand())
  .addCommand(receiptCommand())
  .addCommand(resultsCommand())
  .addCommand(complianceCommand())
  .addCommand(auditCommand());

// Whoever reads the output has read enough, as with `quillon … | head`. What is being done is done to its end.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

program.parseAsync().catch((error: unknown) => {
  say(`quillon: ${errorMessage(error)}`);
  process.exitCode = 1;
});
