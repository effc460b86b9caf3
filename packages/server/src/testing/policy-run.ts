import type { TestStack } from "./stack.ts";

/** What one run does and says. */
export interface PolicyRun {
  /**
   * One for each resource, or for the `stack`: `rex !length prefix` failed one policy and passed another. `-rex` is deleted.
   * `root` and `provider` are what scores do not count. A stack policy names the resources after `@`: `stack !few@rex`. A violation
   * with `^` instead of `!` is excepted.
   */
  lines?: string[];
  pack?: string;
  tag?: string;
  kind?: string;
  /** The update, when it is created already. */
  created?: string;
  dryRun?: boolean;
  status?: string;
  /** Of all violations. */
  level?: string;
  /** Those that the engine names for what is excepted. */
  exceptions?: { id: string; reason: string }[];
  /** Sent before those of the lines. */
  events?: object[];
}

/** What is excepted is so by these, unless a run has others. */
export const usualExceptions = [{ id: "EXC-1", reason: "Replaced in March." }];

/** Runs a whole update, whose violations are advisory unless it says otherwise. */
export async function policyRun(on: TestStack, run: PolicyRun): Promise<void> {
  const { lines = [], pack = "pets", tag = "1.0.0", kind = "update", dryRun = false, status = "succeeded" } = run;
  const { created } = run;
  const update = created ? on.update({ id: created, ...(await on.start(created)).body }) : await on.run(kind, dryRun);
  const { level = "advisory", exceptions = usualExceptions } = run;
  const said = { stackName: on.name, pack, tag, dryRun, level, exceptions };
  const events = [...(run.events ?? []), ...lines.flatMap((line) => eventsOf(line, said))];
  await update.events(events.map((event, sequence) => ({ sequence, timestamp: 0, ...event })));
  await update.complete(status);
}

export function urnOf(stackName: string, resource: string): string {
  const types: Record<string, string> = { root: "pulumi:pulumi:Stack", provider: "pulumi:providers:random" };
  return `urn:pulumi:${stackName}::web::${types[resource] ?? "random:index/randomPet:RandomPet"}::${resource}`;
}

type Said = Required<Pick<PolicyRun, "pack" | "tag" | "dryRun" | "level" | "exceptions">> & { stackName: string };

function eventsOf(line: string, { stackName, pack, tag, dryRun, level, exceptions }: Said): object[] {
  const [name = "", ...outcomes] = line.split(" ");
  if (name.startsWith("-"))
    return [{ resOutputsEvent: { metadata: { op: "delete", urn: urnOf(stackName, name.slice(1)) } } }];
  const ofPack = { policyPackName: pack, policyPackVersion: tag, policyPackVersionTag: tag };
  const failed = outcomes
    .filter((one) => /^[!^]/.test(one))
    .map((one) => ({ excepted: one.startsWith("^"), names: one.slice(1).split("@") }));
  const reports = failed.map(({ excepted, names: [policyName, resource = name] }) => ({
    policyEvent: {
      ...ofPack,
      policyName,
      enforcementLevel: level,
      message: "bad",
      resourceUrn: urnOf(stackName, resource),
      ...(excepted && { exceptions }),
    },
  }));
  const outcome = {
    ...ofPack,
    passed: outcomes.filter((one) => !/^[!^]/.test(one)),
    failed: [...new Set(failed.map(({ names: [policy] }) => policy))],
  };
  if (name === "stack") return [...reports, { policyAnalyzeStackSummaryEvent: outcome }];
  const urn = urnOf(stackName, name);
  return [
    ...reports,
    { policyAnalyzeSummaryEvent: { ...outcome, resourceUrn: urn } },
    { resOutputsEvent: { planning: dryRun, metadata: { op: "same", urn } } },
  ];
}
