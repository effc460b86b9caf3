import { Command } from "commander";
import { exportStacksCommand } from "./stacks-export.ts";
import { migrateCommand } from "./stacks-migrate.ts";
import { restoreStackCommands } from "./stacks-restore.ts";

export function stacksCommand(): Command {
  const commands = [migrateCommand(), exportStacksCommand(), ...restoreStackCommands()];
  return commands.reduce((all, one) => all.addCommand(one), new Command("stacks"));
}
