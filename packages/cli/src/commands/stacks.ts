import { Command } from "commander";
import { exportStacksCommand } from "./stacks-export.ts";
import { migrateCommand } from "./stacks-migrate.ts";

export function stacksCommand(): Command {
  const commands = [migrateCommand(), exportStacksCommand()];
  return commands.reduce((all, one) => all.addCommand(one), new Command("stacks"));
}
