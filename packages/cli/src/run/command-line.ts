/** What is known of a command line of the Pulumi CLI. */
export type CommandLine =
  /** It runs no policies, so it runs as it is. */
  | { kind: "plain" }
  /** It would run without policies, or where they can't be added. The sentences are for people. */
  | { kind: "refused"; why: string }
  | Guarded;

export interface Guarded {
  kind: "guarded";
  command: "preview" | "up";
  /** The place in the command line of the first argument after the command. */
  at: number;
  /** Relative to the folder in which the command is run. */
  cwd?: string;
  stack?: string;
  message?: string;
  /** Its own `--event-log`. */
  eventLog?: string;
  /** How many packs of the user's own it runs, and how many of them have a configuration. */
  packs: number;
  configs: number;
  /** Whether `up` begins without a preview. */
  skipPreview: boolean;
  /** The flags that it sets, by their long names. */
  flags: string[];
}

type Env = Readonly<Record<string, string | undefined>>;

/** Flags with a value, long and short. All others have none: of those, `refresh` and some more take one only after a `=`. */
const OF_ALL = "cwd C color profiling tracing tracing-header otel-traces memprofilerate verbose v";
const OF_RUNS = `stack s config-file config c secrets-provider client message m target t exclude x replace target-replace policy-pack coherence-window
  policy-pack-config parallel p plan save-plan import-file event-log exec-kind exec-agent output override-env env env-secret
  pre-run-command git-branch git-commit git-repo-dir git-auth-access-token git-auth-ssh-private-key git-auth-ssh-private-key-path
  git-auth-password git-auth-username executor-image executor-image-username executor-image-password agent-pool-id remote-env
  remote-env-secret remote-pre-run-command remote-git-branch remote-git-commit remote-git-repo-dir remote-git-auth-access-token
  remote-git-auth-ssh-private-key remote-git-auth-ssh-private-key-path remote-git-auth-password remote-git-auth-username
  remote-executor-image remote-executor-image-username remote-executor-image-password remote-agent-pool-id`;
const withValue = new Set(`${OF_ALL} ${OF_RUNS}`.split(/\s+/));

/** Without a value, or with one only after a `=`. What is in neither table could take the next argument for its value. */
const withoutValue = new Set(
  `emoji e fully-qualify-stack-names Q disable-integrity-checking logflow logtostderr non-interactive help h yes y skip-preview f debug d
  json j refresh r attach-debugger clear-pending-creates config-path continue-on-error copilot diff exclude-dependents exclude-protected
  expect-no-changes ignore-protect neo neo-task-on-failure preview-only remote remote-inherit-settings remote-skip-install-dependencies
  remove run-program show-config show-full-output show-policy-exceptions show-policy-remediations show-reads show-replacement-steps
  show-sames show-secrets skip-config-validation skip-pending-creates skip-plugin-pre-install strict suppress-outputs suppress-permalink
  suppress-progress suppress-stream-logs target-dependents urns`.split(/\s+/),
);

/** Of all commands. One that is not here could take the next argument for its value, and hide the command. */
const beforeCommand = new Set(
  `${OF_ALL} emoji e fully-qualify-stack-names Q disable-integrity-checking logflow logtostderr non-interactive help h`.split(
    " ",
  ),
);

const LONG: Record<string, string> = {
  C: "cwd",
  s: "stack",
  c: "config",
  m: "message",
  t: "target",
  x: "exclude",
  p: "parallel",
  f: "skip-preview",
  y: "yes",
  d: "debug",
  j: "json",
  r: "refresh",
  v: "verbose",
  e: "emoji",
  Q: "fully-qualify-stack-names",
  h: "help",
};

/** Those of the Pulumi CLI 3.200 to 3.274 that ask no policies and don't run elsewhere. */
const plain = new Set(
  `about api cancel config console convert convert-trace env events gen-completion gen-markdown generate-cli-spec help import insights
  install login logout logs new org package plugin policy project replay-events schema stack state template version view-trace
  whoami`.split(/\s+/),
);

const ALIASES: Record<string, string> = { update: "up", pre: "preview", down: "destroy", dn: "destroy" };

/**
 * Reads a command line as the Pulumi CLI reads it. What it does not know is refused, because it could be a way past the policies.
 *
 * @param line the program and its arguments.
 */
export function readCommandLine([program = "", ...args]: readonly string[], env: Env): CommandLine {
  const found = findCommand(args);
  if (typeof found === "string") return refused(found);
  if (!found) return isPulumi(program) || args.some(isHelpOrVersion) ? { kind: "plain" } : refused(noCommand(program));
  const name = ALIASES[found.name] ?? found.name;
  const flags = readFlags(args);
  const set = (flag: string) => isSet(flags.values.get(flag), env[variableOf(flag)]);
  // Its own flags are not known here, so the word is looked for everywhere.
  if (name === "env" && args.slice(found.at).includes("run"))
    return refused("pulumi env run starts any command, which could be one that needs policies. Run that one.");
  if (plain.has(name)) return { kind: "plain" };
  const isHelp = asksForHelp(args);
  if (typeof isHelp === "string") return refused(isHelp);
  if (isHelp) return { kind: "plain" };
  const never = UNGUARDED[name];
  if (never !== undefined) return refused(never);
  if (!RUNS.has(name))
    return refused(
      `Quillon does not know the command ${name} of the Pulumi CLI, so it can't tell whether it needs policies.`,
    );
  if (set("remote"))
    return refused(
      `pulumi ${name} --remote runs at Pulumi Cloud, where Quillon can't add policies. Run it without --remote.`,
    );
  if (name === "up" || name === "preview") return readRun(name, { env, flags, at: found.at + 1 });
  if (set("run-program") || isSet(undefined, env.PULUMI_RUN_PROGRAM))
    return refused(
      `pulumi ${name} --run-program runs the program, but no policies. Run it without, after a pulumi up.`,
    );
  return { kind: "plain" };
}

/** Without a command the CLI prints its help. A name may have the CLI's version, and what else begins with `pulumi` may be a script. */
export function isPulumi(program: string): boolean {
  return /^pulumi(-?v?\d+(\.\d+)*)?(\.exe)?$/i.test(program.split(/[\\/]/).at(-1) ?? "");
}

function isHelpOrVersion(arg: string): boolean {
  return ["--version", "--help", "-h"].includes(arg);
}

/** It may be a script that calls the CLI by itself, where nothing would guard it. */
function noCommand(program: string): string {
  return `${program} is given no command of the Pulumi CLI. Write one: quillon run -- ${program} up. If it calls pulumi by itself, put a guarded one on its PATH: quillon shim.`;
}

const RUNS = new Set(["up", "preview", "refresh", "destroy"]);

const UNGUARDED: Readonly<Record<string, string>> = {
  watch: "pulumi watch deploys again and again, and can't be guarded. Run pulumi up.",
  deployment: "Deployments run at Pulumi Cloud, where Quillon can't add policies. Run pulumi up here.",
  neo: "Pulumi Neo runs updates of its own, and asks no policies of Quillon. Run pulumi up.",
  do: "pulumi do changes resources without a program, and asks no policies. Declare them in a program.",
};

/** The place of the command among the arguments; undefined when there is none, and a text that says why that can't be told. */
function findCommand(args: readonly string[]): { name: string; at: number } | string | undefined {
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") return "A -- before the command hides it. Write the command first: quillon run -- pulumi up.";
    if (isWord(arg)) return { name: arg, at };
    const { names, takesNext } = readFlag(arg);
    const unknown = names.find((name) => !beforeCommand.has(name));
    if (unknown === "version") return undefined;
    // The CLI looks for the command before it knows these, and takes the next argument for the value of --help, and for none of -eC:
    // https://github.com/spf13/cobra/blob/v1.10.1/command.go#L684
    if (names.some(isHelpFlag) && at < args.length - 1) return `Write ${arg} after the command, not before.`;
    if (takesNext && !arg.startsWith("--") && names.length > 1)
      return `Write the flags of ${arg} one by one, because the Pulumi CLI looks for its command elsewhere than one would think.`;
    if (unknown !== undefined)
      return `Quillon does not know the flag ${arg} of the Pulumi CLI. Write it after the command, not before.`;
    if (takesNext) at++;
  }
  return undefined;
}

function isHelpFlag(name: string): boolean {
  return name === "help" || name === "h";
}

/** Whether the command only prints its help. A text says why the flags can't be read as the CLI reads them. */
function asksForHelp(args: readonly string[]): boolean | string {
  for (let at = 0; at < args.length && args[at] !== "--"; at++) {
    const arg = args[at] ?? "";
    if (isWord(arg)) continue;
    const { names, value, takesNext } = readFlag(arg);
    if (names.some(isHelpFlag)) {
      if (value !== undefined || names.length > 1) return `Write --help instead of ${arg}.`;
      return true;
    }
    const next = args[at + 1] ?? "";
    const isUnknown = value === undefined && !takesNext && !names.every((name) => withoutValue.has(name));
    if (isUnknown && next.startsWith("-"))
      return `Quillon does not know ${arg}, so ${next} after it may be its value or a flag. Write ${arg} last, or its value after a =.`;
    if (takesNext) at++;
  }
  return false;
}

interface Flags {
  /** By long name, the values in their order. A flag without a value has "true". */
  values: Map<string, string[]>;
  /** What is no flag, with its place. */
  words: { word: string; at: number }[];
}

function readFlags(args: readonly string[]): Flags {
  const flags: Flags = { values: new Map(), words: [] };
  let at = 0;
  for (; at < args.length && args[at] !== "--"; at++) {
    const arg = args[at] ?? "";
    if (isWord(arg)) {
      flags.words.push({ word: arg, at });
      continue;
    }
    const { names, value, takesNext } = readFlag(arg);
    if (takesNext) at++;
    const own = takesNext ? args[at] : value;
    for (const name of names.slice(0, -1)) add(flags.values, name, "true");
    add(flags.values, names.at(-1) ?? "", own ?? "true");
  }
  // After a -- nothing is a flag.
  for (at++; at < args.length; at++) flags.words.push({ word: args[at] ?? "", at });
  return flags;
}

function add(values: Flags["values"], name: string, value: string): void {
  const long = LONG[name] ?? name;
  values.set(long, [...(values.get(long) ?? []), value]);
}

function isWord(arg: string): boolean {
  return !arg.startsWith("-") || arg === "-";
}

/** One argument that begins with a `-`, as pflag reads it: `-yfs dev` is three flags. */
function readFlag(arg: string): { names: string[]; value?: string; takesNext: boolean } {
  if (arg.startsWith("--")) {
    const [name = "", ...rest] = arg.slice(2).split("=");
    if (rest.length > 0) return { names: [name], value: rest.join("="), takesNext: false };
    return { names: [name], takesNext: withValue.has(name) };
  }
  const names: string[] = [];
  for (let at = 1; at < arg.length; at++) {
    const name = arg[at] ?? "";
    names.push(name);
    const rest = arg.slice(at + 1);
    if (rest.startsWith("=")) return { names, value: rest.slice(1), takesNext: false };
    if (withValue.has(name)) return rest ? { names, value: rest, takesNext: false } : { names, takesNext: true };
  }
  return { names, takesNext: false };
}

/** https://github.com/pulumi/pulumi/blob/v3.220.0/cmd/pulumi/pulumi.go: every flag can be a variable. */
function variableOf(flag: string): string {
  return `PULUMI_OPTION_${flag.toUpperCase().replaceAll("-", "_")}`;
}

function isSet(values: readonly string[] | undefined, variable: string | undefined): boolean {
  return /^(true|t|1)$/i.test(values?.at(-1) ?? variable ?? "");
}

/** What this program sets itself. */
const OURS = ["policy-pack", "policy-pack-config", "event-log"];

function readRun(command: Guarded["command"], { env, flags, at }: { env: Env; flags: Flags; at: number }): CommandLine {
  const { values, words } = flags;
  const template = words.find((word) => word.at >= at);
  if (template)
    return refused(
      `pulumi ${command} takes no argument "${template.word}" here: a project that is made from a template has no stack yet whose policies are known. Make it with pulumi new first.`,
    );
  const variable = OURS.map(variableOf).find((name) => env[name]);
  if (variable)
    return refused(`${variable} is set. Give it to the command as a flag, because Quillon adds its own beside it.`);
  const packs = listed(values.get("policy-pack"));
  const configs = listed(values.get("policy-pack-config"));
  if (configs > 0 && configs !== packs)
    return refused(`The command has ${packs} --policy-pack and ${configs} --policy-pack-config. Give one for each.`);
  const given = (flag: string) => values.get(flag)?.at(-1) ?? env[variableOf(flag)];
  const [cwd, stack, message] = [given("cwd"), given("stack") ?? env.PULUMI_STACK, given("message")];
  const eventLog = values.get("event-log")?.at(-1);
  return {
    kind: "guarded",
    command,
    at: at + 1,
    packs,
    configs,
    skipPreview: command === "up" && isSet(values.get("skip-preview"), env[variableOf("skip-preview")]),
    flags: [...values.keys()].sort(),
    ...(cwd && { cwd }),
    ...(stack && { stack }),
    ...(message && { message }),
    ...(eventLog && { eventLog }),
  };
}

/** One flag may name several, separated by commas. */
function listed(values: readonly string[] = []): number {
  return values.flatMap((value) => value.match(/("[^"]*")+|[^,]+/g) ?? []).length;
}

function refused(why: string): CommandLine {
  return { kind: "refused", why };
}

/** What is added to a command line. */
interface Additions {
  /** The folders of the required packs, each with the file of its configuration, if it has one. */
  packs: readonly { directory: string; config?: string }[];
  /** A file that configures nothing. */
  empty: string;
  /** `tcp://127.0.0.1:PORT` */
  eventLog: string;
}

/** The command line with the required packs before the user's own, each with its configuration where one has any, and with this event log alone. */
export function guardedLine(line: readonly string[], of: Guarded, { packs, empty, eventLog }: Additions): string[] {
  const isConfigured = of.configs > 0 || packs.some(({ config }) => config !== undefined);
  const own = isConfigured ? Math.max(0, of.packs - of.configs) : 0;
  const configs = isConfigured ? packs.map(({ config }) => config ?? empty) : [];
  const added = [
    `--event-log=${eventLog}`,
    ...packs.map(({ directory }) => `--policy-pack=${listItem(directory)}`),
    ...[...configs, ...Array<string>(own).fill(empty)].map((file) => `--policy-pack-config=${listItem(file)}`),
  ];
  return [...line.slice(0, of.at), ...added, ...withoutEventLog(line.slice(of.at))];
}

/** The CLI would take the last one. */
function withoutEventLog(args: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") return [...kept, ...args.slice(at)];
    const { names, takesNext } = isWord(arg) ? { names: [], takesNext: false } : readFlag(arg);
    const own = args.slice(at, takesNext ? at + 2 : at + 1);
    if (!names.includes("event-log")) kept.push(...own);
    if (takesNext) at++;
  }
  return kept;
}

/** The CLI reads the value as a line of CSV. */
function listItem(path: string): string {
  return /[",\n]/.test(path) ? `"${path.replaceAll('"', '""')}"` : path;
}
