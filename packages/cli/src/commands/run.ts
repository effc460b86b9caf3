import { join, resolve } from "node:path";
import { normalBackend } from "@quillon/contract/backend-url";
import { Command } from "commander";
import { parseStack } from "../arguments.ts";
import { errorMessage } from "../error-message.ts";
import { cacheFolder, stateFolder } from "../folders.ts";
import { runInTerminal } from "../run/child.ts";
import { type Guarded, readCommandLine } from "../run/command-line.ts";
import { conduct, prepare } from "../run/guarded-run.ts";
import { readBackend, readPlace, readProject } from "../run/place.ts";
import { findServer } from "../run/server.ts";
import { sendKept } from "../run/spool.ts";
import { clientOf } from "../session.ts";

interface Options {
  org?: string;
  as?: string;
  print?: true;
}

const MORE = `
The command is run in this terminal, with its own exit code. A command that runs no policies, such as pulumi stack ls, is run as it is.
What Quillon refuses has exit code 1, and the command is not run.
Signs in with QUILLON_TOKEN to QUILLON_URL, else with the login of \`quillon login\`. The Pulumi CLI's own login and variables don't name the server
here, because they say where the state is.`;

/** `quillon run`. */
export function runCommand(): Command {
  return new Command("run")
    .option("--org <org>", "the organization (default: your default one)")
    .argument("<command...>", "the Pulumi CLI, or what takes its arguments, after --")
    .option("--as <project/stack>", "the stack's name in Quillon, if another stack has it; it is remembered")
    .option("--print", "print the command that would be run, and run nothing")
    .addHelpText("after", MORE)
    .action(run);
}

async function run(line: string[], options: Options): Promise<void> {
  const read = readCommandLine(line, process.env);
  if (read.kind === "refused") throw new Error(read.why);
  process.exitCode = await (read.kind === "plain" ? runAsItIs(line, options) : runGuarded(line, read, options));
}

async function runAsItIs(line: readonly string[], { print }: Options): Promise<number> {
  if (!print) return runInTerminal(line, process.env);
  printLine(line);
  return 0;
}

async function runGuarded(line: readonly string[], read: Guarded, options: Options): Promise<number> {
  const ready = await makeReady(line, read, options).catch((error: unknown) => {
    throw new Error(`${errorMessage(error)}\nThe command was not run.`);
  });
  if (ready === "held here") return runAsItIs(line, options);
  if (!options.print) return conduct(ready.prepared, ready);
  printLine(["env", "PULUMI_DEBUG_COMMANDS=true", ...ready.prepared.lineWith("tcp://127.0.0.1:PORT")]);
  return 0;
}

async function makeReady(line: readonly string[], read: Guarded, { org, as }: Options) {
  const { env } = process;
  const cwd = resolve(read.cwd ?? ".");
  const project = await readProject(cwd);
  const backend = await readBackend(project, { cwd, env });
  const session = await findServer(env);
  const server = session.url;
  // The CLI itself asks this server what it must run.
  if (backend === normalBackend(server)) return "held here";
  const place = await readPlace(line[0] ?? "", read, { project, backend, cwd, env });
  const client = clientOf(session);
  const orgName = org ?? (await client.call("GET /api/user/organizations/default", {})).GitHubLogin;
  const unsent = join(stateFolder(), "unsent");
  await sendKept(unsent, server, client);
  const named = as === undefined ? undefined : parseStack(as);
  const known = await client.call("PUT /api/quillon/orgs/{orgName}/elsewhere", {
    params: { orgName },
    body: { ...place, ...(named && { as: { project: named.projectName, stack: named.stackName } }) },
  });
  const stack = { orgName, projectName: known.project, stackName: known.stack, backend: known.backend };
  const prepared = await prepare({ line, read, project, stack, client, cache: cacheFolder() });
  return { prepared, stack, client, server, unsent };
}

function printLine(line: readonly string[]): void {
  process.stdout.write(`${line.map(quoted).join(" ")}\n`);
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
