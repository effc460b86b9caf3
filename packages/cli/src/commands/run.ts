import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { normalBackend } from "@quillon/contract/backend-url";
import type { Client } from "@quillon/contract/client";
import { Command } from "commander";
import { errorMessage } from "../error-message.ts";
import { cacheFolder, stateFolder } from "../folders.ts";
import { say } from "../output.ts";
import { whyUnreadable } from "../read-text.ts";
import { runInTerminal } from "../run/child.ts";
import { type Guarded, isPulumi, readCommandLine } from "../run/command-line.ts";
import { conduct, GUARD, namesOf, prepare } from "../run/guarded-run.ts";
import { LateReport } from "../run/late-report.ts";
import { LiveReport, type Report } from "../run/live-report.ts";
import { OwnEventLog } from "../run/own-event-log.ts";
import { isRefusal, LONGEST_MS, patient } from "../run/patience.ts";
import { readBackend, readPlace, readProject } from "../run/place.ts";
import {
  askRequired,
  type Basis,
  createRun,
  factsOf,
  type KnownStack,
  type PlannedRun,
  planOf,
  type Registrant,
  type RunFacts,
  registerStack,
} from "../run/registration.ts";
import { readRequirementsFile, requirementsOf } from "../run/requirements-file.ts";
import { findServer } from "../run/server.ts";
import { sendKept } from "../run/spool.ts";
import { clientOf } from "../session.ts";
import { shellWord } from "../shell-word.ts";
import { withGuardedPath } from "../shim/guarded-path.ts";
import { STACK, stackIn } from "../stack-name.ts";
import { exportCommand } from "./run-export.ts";

interface Options {
  org?: string;
  as?: string;
  print?: true;
  bundle?: string;
  key?: string;
  breakGlass?: string;
}

/** The server takes no longer ones. */
const LONGEST_REASON = 1000;

const MORE = `
The command is run in this terminal. A command that runs no policies, such as pulumi stack ls, is run as it is.
Signs in with QUILLON_TOKEN to QUILLON_URL, else with the login of \`quillon login\`. The Pulumi CLI's own login and variables don't name the server
here, because they say where the state is.`;

/** `quillon run`. */
export function runCommand(): Command {
  return (
    new Command("run")
      // Options after a command of its own are that command's.
      .enablePositionalOptions()
      .option("--org <org>", "the organization (default: your default one)")
      .argument("<command...>", "the Pulumi CLI, or what takes its arguments, after --")
      .option("--as <stack>", `its name in Quillon, ${STACK}, if another stack has it; it is remembered`)
      .option("--print", "print the command that would be run; run nothing, and tell Quillon of nothing")
      .option("--bundle <file>", "run what a file of `quillon run export` has, without asking the server")
      .option("--key <file>", "what `quillon receipt key` printed, by which that file is checked")
      .option(
        "--break-glass <reason>",
        "run without the required policy packs when Quillon can't say what they are; it is reported later, and alerts",
      )
      .addHelpText("after", MORE)
      .action(run)
      .addCommand(exportCommand())
  );
}

async function run(line: string[], options: Options): Promise<void> {
  checkOptions(options);
  const read = readCommandLine(line, process.env);
  if (read.kind === "refused") throw new Error(read.why);
  const asItIs = read.kind === "plain" || isGuardedAlready(read, process.env);
  process.exitCode = await (asItIs ? runAsItIs(line, options) : runGuarded(line, read, options));
}

/** A command that runs inside, as a program's own `pulumi up` of another stack, has another event log. */
function isGuardedAlready({ eventLog }: Guarded, env: NodeJS.ProcessEnv): boolean {
  return eventLog !== undefined && eventLog === env[GUARD];
}

function checkOptions({ bundle, key, org, breakGlass }: Options): void {
  if (bundle !== undefined && breakGlass !== undefined)
    throw new Error("Give --bundle or --break-glass, not both: a bundle says what is required.");
  if (bundle !== undefined && key === undefined)
    throw new Error(
      "--bundle needs --key FILE, the server's key, which quillon receipt key prints. Keep it where whoever may change the bundle can't change it.",
    );
  if (bundle !== undefined && org === undefined)
    throw new Error(
      "--bundle needs --org ORG: without the server, a file of another organization in which this stack is known, too, would be taken as well.",
    );
  if (key !== undefined && bundle === undefined) throw new Error("--key is only for --bundle.");
  if (breakGlass?.trim() === "") throw new Error("--break-glass needs a reason, which is reported to Quillon.");
  if (breakGlass !== undefined && breakGlass.length > LONGEST_REASON)
    throw new Error(`The reason of --break-glass has more than ${LONGEST_REASON} characters. Write a shorter one.`);
}

async function runAsItIs(line: readonly string[], options: Options): Promise<number> {
  if (!options.print) return guardedInside(line, options, (env) => runInTerminal(line, env));
  printLine(line);
  return 0;
}

/** Whatever its arguments are, a program that is not the Pulumi CLI itself may call `pulumi up`. */
function guardedInside<T>(
  [program = ""]: readonly string[],
  { org }: Options,
  work: (env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  const { env } = process;
  return isPulumi(program) ? work(env) : withGuardedPath({ env, org, quillon: resolve(process.argv[1] ?? "") }, work);
}

async function runGuarded(line: readonly string[], read: Guarded, options: Options): Promise<number> {
  const ready = await makeReady(line, read, options).catch((error: unknown) => {
    throw new Error(`${errorMessage(error)}\nThe command was not run.`);
  });
  if (ready === "held here") return runAsItIs(line, options);
  const own = read.eventLog === undefined ? undefined : new OwnEventLog(read.eventLog, resolve(read.cwd ?? "."));
  const { prepared, report } = ready;
  if (report) return guardedInside(line, options, (env) => conduct(prepared, report, { env, own }));
  printLine(["env", "PULUMI_DEBUG_COMMANDS=true", ...ready.prepared.lineWith("tcp://127.0.0.1:PORT")]);
  return 0;
}

/** All that is known of a command before anybody is asked what it must run. */
interface Context {
  line: readonly string[];
  read: Guarded;
  registrant: Registrant;
  facts: RunFacts;
  plan: PlannedRun[];
  /** The command is only shown: then nobody is told of it. */
  print: true | undefined;
  to: { client: Client; server: string; unsent: string };
}

async function makeReady(line: readonly string[], read: Guarded, options: Options) {
  const { env } = process;
  const cwd = resolve(read.cwd ?? ".");
  const project = await readProject(cwd);
  const backend = await readBackend(project, { cwd, env });
  const session = await findServer(env);
  const server = session.url;
  // The CLI itself asks this server what it must run.
  if (backend === normalBackend(server)) return "held here";
  // At the same time, because both wait for other programs.
  const [place, facts] = await Promise.all([
    readPlace(line[0] ?? "", read, { project, backend, cwd, env }),
    factsOf(project, read),
  ]);
  const { org, stack: named } = stackIn(options.as, options);
  const as = named && { project: named.projectName, stack: named.stackName };
  const to = { client: clientOf(session), server, unsent: join(stateFolder(), "unsent") };
  const registrant = { orgName: org, place, as };
  const { bundle, key, print, breakGlass } = options;
  const context = { line, read, registrant, facts, plan: planOf(read), print, to };
  if (bundle !== undefined && key !== undefined) return fromBundle(context, { bundle, key });
  if (breakGlass !== undefined) return fromServerIfItCan(context, breakGlass.trim());
  return fromServer(context).catch(sayWhatElse);
}

/** What can be done in an outage. A refusal is none. @throws Error */
function sayWhatElse(error: unknown): never {
  if (isRefusal(error)) throw error;
  throw new Error(
    `${errorMessage(error)}\nIn an outage, --bundle FILE runs by a file of \`quillon run export\`, and --break-glass REASON without the required policy packs.`,
  );
}

/** What the server says, or nothing at all where it can't: for a reason, which is kept and reported. @throws ApiError when it refuses. */
async function fromServerIfItCan(context: Context, breakGlass: string) {
  const { line, read, registrant, facts, plan, print, to } = context;
  try {
    const ready = await fromServer({ ...context, to: { ...to, client: patient(to.client) } });
    const are = print ? "would be" : "are";
    say(`Quillon says what is required, so --break-glass is not needed, and the policy packs ${are} run.`);
    return ready;
  } catch (error) {
    if (isRefusal(error) && error.id !== "unauthorized") throw error;
    const { project, stack } = registrant.place;
    say(`WARNING: Quillon can't say what stack ${stack} of project ${project} must run: ${errorMessage(error)}`);
    say(
      print
        ? "WARNING: Without --print the command would be run WITHOUT the required policy packs, and that would be reported to Quillon."
        : `WARNING: The command is run WITHOUT the required policy packs, because of --break-glass: ${breakGlass}
WARNING: This is kept on this machine and reported to Quillon, where it alerts.`,
    );
    const prepared = await prepare([], { line, read, cache: cacheFolder() });
    const what = { ...registrant, facts, plan, basis: { breakGlass } };
    return { prepared, report: print ? undefined : new LateReport(what, to) };
  }
}

/** What the server says. @throws Error when it does not, or what it says can't be had. */
async function fromServer(context: Context) {
  const { line, read, registrant, facts, print, to } = context;
  const { stack, required, report } = print
    ? { ...(await askRequired(patient(to.client, LONGEST_MS), registrant, facts)), report: undefined }
    : await makeKnown(context);
  say(`Quillon: stack ${stack.orgName}/${stack.projectName}/${stack.stackName} must run ${namesOf(required)}.`);
  const prepared = await prepare(required, { line, read, cache: cacheFolder() });
  return { prepared, report };
}

/** Tells the server of the run that is to come, and is told what it must run. */
async function makeKnown({ registrant, facts, plan, to }: Context) {
  const client = patient(to.client, LONGEST_MS);
  await sendKept(to.unsent, to.server, client);
  const stack = await registerStack(client, registrant);
  const { updates, required, messages } = await createRuns(client, stack, { plan, facts });
  for (const message of messages) say(`Warning: ${message}`);
  return { stack, required, report: new LiveReport(updates, { ...to, stack }) };
}

/** What a file says that a server has signed. The server is only told of the run: at once, or when it can be reached again. */
async function fromBundle(
  { line, read, registrant, facts, plan, print, to }: Context,
  { bundle, key }: { bundle: string; key: string },
) {
  const file = readRequirementsFile(await readNamed(bundle), bundle, (await readNamed(key)).toString());
  const { place, orgName: org } = registrant;
  const { requirements, signed } = requirementsOf(file, { name: bundle, place, org, now: new Date() });
  const { organization, stack, made, expires } = requirements;
  const required = requirements.packs.map((pack) => ({ ...pack, archive: file.archives.get(pack.archiveSha256) }));
  say(
    `Quillon: stack ${organization.name}/${stack.project}/${stack.name} must run ${namesOf(required)}, by what was required at ${made}. That can be used until ${expires}.`,
  );
  const prepared = await prepare(required, { line, read, cache: cacheFolder() });
  const what = { ...registrant, orgName: organization.name, facts, plan, basis: { requirements: signed } };
  return { prepared, report: print ? undefined : await reportOf(what, to) };
}

/** Makes the run known now if the server can be reached, and otherwise afterwards. @throws ApiError when the server refuses it. */
async function reportOf(
  what: Registrant & { facts: RunFacts; plan: PlannedRun[]; basis: Basis },
  to: Context["to"],
): Promise<Report> {
  const client = patient(to.client);
  try {
    await sendKept(to.unsent, to.server, client);
    const stack = await registerStack(client, what);
    const { updates } = await createRuns(client, stack, what);
    return new LiveReport(updates, { ...to, stack });
  } catch (error) {
    if (isRefusal(error)) throw error;
    say(`Quillon is told of the run afterwards, because it can't be asked now: ${errorMessage(error)}`);
    return new LateReport(what, to);
  }
}

async function createRuns(
  client: Client,
  stack: KnownStack,
  { plan, facts, basis }: { plan: readonly PlannedRun[]; facts: RunFacts; basis?: Basis },
) {
  const updates: { id: string; isPreview: boolean }[] = [];
  let last: Awaited<ReturnType<typeof createRun>> | undefined;
  for (const planned of plan) {
    last = await createRun(client, stack, { ...planned, facts, basis });
    updates.push({ id: last.updateID, isPreview: planned.isPreview });
  }
  const messages = (last?.messages ?? []).map(({ message }) => message);
  return { updates, required: last?.requiredPolicies ?? [], messages };
}

async function readNamed(path: string): Promise<Buffer> {
  return readFile(path).catch((error: Error) => {
    throw new Error(`${path} can't be read: ${whyUnreadable(error)}.`);
  });
}

function printLine(line: readonly string[]): void {
  process.stdout.write(`${line.map(shellWord).join(" ")}\n`);
}
