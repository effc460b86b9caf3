import type { TestStack } from "./stack.ts";

/** What one run does and says. */
export interface PolicyRun {
  /**
   * One for each resource, or for the `stack`: `rex !length prefix` failed one policy and passed another. `-rex` is deleted.
   * `root` and `provider` are what scores do not count. A stack policy names the resources after `@`: `stack !few@rex`.
   */
  lines?: string[];
  pack?: string;
  tag?: string;
  kind?: string;
  dryRun?: boolean;
  status?: string;
  /** Sent before those of the lines. */
  events?: object[];
}

/** Runs a whole update, whose violations are advisory. */
export async function policyRun(on: TestStack, run: PolicyRun): Promise<void> {
  const { lines = [], pack = "pets", tag = "1.0.0", kind = "update", dryRun = false, status = "succeeded" } = run;
  const update = await on.run(kind, dryRun);
  const events = [...(run.events ?? []), ...lines.flatMap((line) => eventsOf(line, { stackName: on.name, pack, tag }))];
  await update.events(events.map((event, sequence) => ({ sequence, timestamp: 0, ...event })));
  await update.complete(status);
}

export function urnOf(stackName: string, resource: string): string {
  const types: Record<string, string> = { root: "pulumi:pulumi:Stack", provider: "pulumi:providers:random" };
  return `urn:pulumi:${stackName}::web::${types[resource] ?? "random:index/randomPet:RandomPet"}::${resource}`;
}

function eventsOf(line: string, { stackName, pack, tag }: { stackName: string; pack: string; tag: string }): object[] {
  const [name = "", ...outcomes] = line.split(" ");
  if (name.startsWith("-"))
    return [{ resOutputsEvent: { metadata: { op: "delete", urn: urnOf(stackName, name.slice(1)) } } }];
  const ofPack = { policyPackName: pack, policyPackVersion: tag, policyPackVersionTag: tag };
  const failed = outcomes.filter((one) => one.startsWith("!")).map((one) => one.slice(1).split("@"));
  const reports = failed.map(([policyName, resource = name]) => ({
    policyEvent: {
      ...ofPack,
      policyName,
      enforcementLevel: "advisory",
      message: "bad",
      resourceUrn: urnOf(stackName, resource),
    },
  }));
  const outcome = {
    ...ofPack,
    passed: outcomes.filter((one) => !one.startsWith("!")),
    failed: [...new Set(failed.map(([policy]) => policy))],
  };
  if (name === "stack") return [...reports, { policyAnalyzeStackSummaryEvent: outcome }];
  const urn = urnOf(stackName, name);
  return [
    ...reports,
    { policyAnalyzeSummaryEvent: { ...outcome, resourceUrn: urn } },
    { resOutputsEvent: { metadata: { op: "same", urn } } },
  ];
}
