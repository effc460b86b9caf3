import { Command } from "commander";
import { exceptionCommand } from "./exception.ts";
import { billCommand } from "./policy-bill.ts";
import { bundleCommand } from "./policy-bundle.ts";
import { disableCommand } from "./policy-disable.ts";
import { enableCommand } from "./policy-enable.ts";
import { policyGroupCommand } from "./policy-group.ts";
import { installCommand } from "./policy-install.ts";
import { listCommand } from "./policy-ls.ts";
import { newCommand } from "./policy-new.ts";
import { publishCommand } from "./policy-publish.ts";
import { removeCommand } from "./policy-rm.ts";
import { sourcesCommand } from "./policy-sources.ts";
import { testCommand } from "./policy-test.ts";
import { validateConfigCommand } from "./policy-validate-config.ts";

/** `quillon policy`. */
export function policyCommand(): Command {
  return new Command("policy")
    .addCommand(newCommand())
    .addCommand(testCommand())
    .addCommand(publishCommand())
    .addCommand(bundleCommand())
    .addCommand(enableCommand())
    .addCommand(disableCommand())
    .addCommand(validateConfigCommand())
    .addCommand(listCommand())
    .addCommand(removeCommand())
    .addCommand(policyGroupCommand())
    .addCommand(installCommand())
    .addCommand(billCommand())
    .addCommand(sourcesCommand())
    .addCommand(exceptionCommand());
}
