import { Command } from "commander";
import { exceptionCommand } from "./exception.ts";
import { bundleCommand } from "./policy-bundle.ts";
import { publishCommand } from "./policy-publish.ts";

/** `quillon policy exception`. */
export function policyCommand(): Command {
  return new Command("policy")
    .description(
      "publish policy packs that need no installing, and manage exceptions with every version of the Pulumi CLI",
    )
    .addCommand(publishCommand())
    .addCommand(bundleCommand())
    .addCommand(exceptionCommand());
}
