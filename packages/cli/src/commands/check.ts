import { availableParallelism } from "node:os";
import type { Report, ReportFormat } from "@quillon/contract";
import { writers } from "@quillon/report";
import { Command, Option } from "commander";
import { parseCount, repeated } from "../arguments.ts";
import { atOnce } from "../at-once.ts";
import { readConfigFile } from "../check/config-file.ts";
import { type CheckedPack, type PackToRun, runPack } from "../check/pack.ts";
import { reportOf } from "../check/report.ts";
import { type Source, sourceOf } from "../check/source.ts";
import { readStateFile, type State } from "../check/state.ts";
import { sentenceOf, summaryOf } from "../check/summary.ts";
import { ANSWER_IS_NO } from "../exit-codes.ts";
import { cacheFolder } from "../folders.ts";
import { signInTo, withSignIn } from "../organization.ts";
import { say } from "../output.ts";
import { STACK } from "../stack-name.ts";
import { printOrWrite, reportText } from "../write-report.ts";

interface Options {
  stack?: string;
  policyPack?: string[];
  policyPackConfig?: string[];
  output: "summary" | ReportFormat;
  json?: true;
  outputFile?: string;
  timeout: string;
}

/** `quillon check`: holds policy packs against a state that exists. */
export function checkCommand(): Command {
  const command = new Command("check")
    .argument("[state]", "a file that `pulumi stack export` wrote, wherever its stack is, or - for stdin")
    .option(
      "--stack <stack>",
      `a stack on the server, ${STACK}: the policy packs that it must run, and its state where no [state] is given`,
    )
    .addOption(repeated("--policy-pack <folder>", "a policy pack on this machine"))
    .addOption(
      repeated("--policy-pack-config <file>", "the configuration of the --policy-pack at the same place, as JSON"),
    )
    .addOption(
      new Option("--output <format>", "how the results are written")
        .choices(["summary", ...Object.keys(writers)])
        .default("summary"),
    )
    .option("--json", "the same as --output json")
    .option("--output-file <file>", "write them to this file instead of stdout")
    .option("--timeout <seconds>", "how long one policy pack may take", "300")
    .addHelpText(
      "after",
      `
With --stack and a [state], the state is held against what that stack must run, or what a new stack of that name would have to run when the server
does not know it.
With --stack, packs for Node.js that are bundled need no install, and the Pulumi CLI installs the others, once. Packs that --policy-pack names
are asked beside them.
Resource policies get inputs, and stack policies get outputs. Resources that are about to be deleted, or that are only read, are left out.
Secrets are opened with PULUMI_CONFIG_PASSPHRASE where a passphrase has encrypted them, and with --stack by the server where it has. In a file they
may be plain text (pulumi stack export --show-secrets). A policy that reads another secret is not evaluated for that resource.`,
    )
    .action(check);
  return withSignIn(command);
}

async function check(path: string | undefined, options: Options): Promise<void> {
  const seconds = parseCount("--timeout", options.timeout);
  const local = localPacks(options);
  const { state, packs, tags, of } = await read(sourceOf(path, options.stack, local.length));
  const checked = await runAll([...packs, ...local], state, tags, seconds);
  for (const { pack, printed } of checked) if (printed.trim()) say(`${pack.name} printed:\n${printed.trimEnd()}`);
  const report = reportOf(checked, of);
  await write(report, checked, options);
  if (report.counts.mandatory > 0) process.exitCode = ANSWER_IS_NO;
}

async function read(source: Source) {
  if (!source.stack) return { state: await readStateFile(source.file), packs: [], tags: {}, of: {} };
  const { projectName, stackName, ...named } = source.stack;
  const { client, orgName } = await signInTo(named);
  const { readStack } = await import("../check/stack.ts");
  const found = await readStack(
    client,
    { orgName, projectName, stackName },
    { cache: cacheFolder(), file: source.file },
  );
  return { ...found, of: { organization: orgName, stack: { project: projectName, name: stackName } } };
}

function localPacks({ policyPack: folders = [], policyPackConfig: files = [] }: Options): PackToRun[] {
  // As the Pulumi CLI wants it.
  if (files.length > 0 && files.length !== folders.length)
    throw new Error(
      `There are ${folders.length} --policy-pack and ${files.length} --policy-pack-config. Give each pack one; the file may be empty.`,
    );
  return folders.map((directory, index) => {
    const file = files[index];
    const { config, exceptions } = file === undefined ? { config: {}, exceptions: {} } : readConfigFile(file);
    const configLabel = `The configuration ${file ?? `of ${directory}`} does not fit`;
    return { directory, label: directory, required: false, config, configLabel, exceptions };
  });
}

/** @throws Error with what is wrong with each pack that could not be run. */
async function runAll(
  packs: readonly PackToRun[],
  state: State,
  stackTags: Record<string, string>,
  seconds: number,
): Promise<CheckedPack[]> {
  const { file, secrets } = state;
  const job = { secrets, stackTags, ...(file !== undefined && { file }) };
  const outcomes = await atOnce(availableParallelism(), packs, (pack) =>
    runPack(pack, state, job, seconds).catch((error: Error) => error),
  );
  const failures = new Set(outcomes.flatMap((one) => (one instanceof Error ? [one.message] : [])));
  if (failures.size > 0) throw new Error([...failures].join("\nquillon: "));
  return outcomes as CheckedPack[];
}

async function write(report: Report, checked: CheckedPack[], { json, output, outputFile }: Options): Promise<void> {
  const format = json ? "json" : output;
  const sentence = sentenceOf(report, checked[0]?.pack.resources ?? 0);
  const { stdout } = process;
  const color =
    outputFile === undefined && stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
  const text = format === "summary" ? [summaryOf(checked, color), `${sentence}\n`] : reportText(report, format);
  await printOrWrite(text, outputFile);
  if (format !== "summary" || outputFile !== undefined) say(sentence);
}
