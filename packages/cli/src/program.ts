import { Command, Option } from "commander";
import { commands, type Entry } from "./commands.ts";
import { examples } from "./examples.ts";
import { exitCodes, usualExitCodes } from "./exit-codes.ts";
import { version } from "./version.ts";

/** `quillon`, with all of one command and only the descriptions of the others. */
export async function programFor(args: readonly string[]): Promise<Command> {
  const [first, second] = args.filter((arg) => !arg.startsWith("-"));
  const wanted = first === "help" ? second : first;
  return makeProgram((name) => name === wanted);
}

/** `quillon`, with everything. */
export function wholeProgram(): Promise<Command> {
  return makeProgram(() => true);
}

async function makeProgram(isWanted: (name: string) => boolean): Promise<Command> {
  const program = new Command("quillon")
    .description("Policy as code for Pulumi, open and self-hosted.")
    .version(version)
    // After a command, --version is the command's own.
    .enablePositionalOptions()
    .showHelpAfterError("See quillon --help.")
    .addHelpText("after", EXIT_CODES);
  for (const [name, { description, load }] of Object.entries({ ...commands, completion })) {
    const command = isWanted(name) ? complete(await load(), []) : new Command(name);
    program.addCommand(command.description(description));
  }
  return program;
}

/** It asks what the others have. */
const completion: Entry = {
  description: "print what completes quillon's commands and options in a shell",
  load: async () => (await import("./commands/completion.ts")).completionCommand(programFor),
};

const EXIT_CODES = `
Ends with 0 when it did what was asked for, with 1 when it could not, and with 2 when it did and the answer is no, as \`--help\` of a command says.`;

/** Every command says where its help is, with what it ends and what somebody would type, and takes \`--output json\` where it takes \`--json\`, as the Pulumi CLI has it. */
function complete(command: Command, above: readonly string[]): Command {
  const path = [...above, command.name()];
  const name = path.join(" ");
  command.showHelpAfterError(`See quillon ${name} --help.`);
  const lines = examples[name];
  if (lines) {
    const shown = lines.map((line) => `  ${line}`);
    command.addHelpText("after", ["", exitCodes[name] ?? usualExitCodes, "", "Examples:", ...shown].join("\n"));
  }
  const has = (long: string) => command.options.some((option) => option.long === long);
  if (has("--json") && !has("--output")) {
    const output = new Option("--output <format>", "json is the same as --json").choices(["default", "json"]);
    command.addOption(output).on("option:output", (format: string) => {
      if (format === "json") command.setOptionValue("json", true);
    });
  }
  for (const part of command.commands) complete(part, path);
  return command;
}
