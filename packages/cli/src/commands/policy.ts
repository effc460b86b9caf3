import { Command } from "commander";
import { exceptionCommand } from "./exception.ts";

/** `quillon policy exception`. */
export function policyCommand(): Command {
  return new Command("policy")
    .description("what `pulumi policy` has since Pulumi CLI 3.274, for those who have an older one")
    .addCommand(exceptionCommand());
}
