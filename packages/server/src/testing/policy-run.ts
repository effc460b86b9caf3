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
  /** The User-Agent of the client that creates the update, if it matters. */
  client?: string;
  /** The update, when it is created already. */
  created?: string;
  dryRun?: boolean;
  status?: string;
  /** Of all violations. */
  level?: string;
  /** What the engine names for what is excepted. By default each violation has an exception of its own, which is made before. */
  exceptions?: { id: string; reason: string }[];
  /** Sent before those of the lines. */
  events?: object[];
}

/** Of the exceptions that a run makes. */
export const usualReason = "Replaced in March.";

/** A client that knows no exceptions. */
export const OLDER = "pulumi-cli/1 (v3.220.0; linux)";

/** Runs a whole update, whose violations are advisory unless it says otherwise. */
export async function policyRun(on: TestStack, run: PolicyRun): Promise<void> {
  const { lines = [], pack = "pets", kind = "update", dryRun = false, status = "succeeded" } = run;
  const ids = new Map<string, string>();
  for (const { excepted, policy, resource } of run.exceptions ? [] : lines.flatMap(violationsIn)) {
    const urn = urnOf(on.name, resource);
    if (excepted) ids.set(`${policy} ${urn}`, await on.except(pack, policy, urn, usualReason));
  }
  const id = run.created ?? (await on.create(kind, dryRun, run.client));
  const update = on.update({ id, ...(await on.start(id)).body });
  await update.events(eventsOf(on, run, ids));
  await update.complete(status);
}

/**
 * What the run sends.
 *
 * @param ids of the exception of each violation, by its policy and URN, when the run names none.
 */
export function eventsOf({ name }: TestStack, run: PolicyRun, ids?: ReadonlyMap<string, string>): object[] {
  const { lines = [], pack = "pets", tag = "1.0.0", dryRun = false, level = "advisory" } = run;
  const named = (policy: string, urn: string) =>
    run.exceptions ?? [{ id: ids?.get(`${policy} ${urn}`) ?? "", reason: usualReason }];
  const said = { stackName: name, pack, tag, dryRun, level, named };
  const events = [...(run.events ?? []), ...lines.flatMap((line) => eventsOfLine(line, said))];
  return events.map((event, sequence) => ({ sequence, timestamp: 0, ...event }));
}

export function urnOf(stackName: string, resource: string): string {
  const types: Record<string, string> = { root: "pulumi:pulumi:Stack", provider: "pulumi:providers:random" };
  return `urn:pulumi:${stackName}::web::${types[resource] ?? "random:index/randomPet:RandomPet"}::${resource}`;
}

interface Said extends Required<Pick<PolicyRun, "pack" | "tag" | "dryRun" | "level">> {
  stackName: string;
  named(policy: string, urn: string): object[];
}

/** What of a line failed, and for which resource. */
function violationsIn(line: string): { excepted: boolean; policy: string; resource: string }[] {
  const [name = "", ...outcomes] = line.split(" ");
  return outcomes
    .filter((one) => /^[!^]/.test(one))
    .map((one) => {
      const [policy = "", resource = name] = one.slice(1).split("@");
      return { excepted: one.startsWith("^"), policy, resource };
    });
}

function eventsOfLine(line: string, { stackName, pack, tag, dryRun, level, named }: Said): object[] {
  const [name = "", ...outcomes] = line.split(" ");
  if (name.startsWith("-"))
    return [{ resOutputsEvent: { metadata: { op: "delete", urn: urnOf(stackName, name.slice(1)) } } }];
  const ofPack = { policyPackName: pack, policyPackVersion: tag, policyPackVersionTag: tag };
  const failed = violationsIn(line);
  const reports = failed.map(({ excepted, policy, resource }) => {
    const resourceUrn = urnOf(stackName, resource);
    const exceptions = excepted && named(policy, resourceUrn);
    return {
      policyEvent: {
        ...ofPack,
        policyName: policy,
        enforcementLevel: level,
        message: "bad",
        resourceUrn,
        ...(exceptions && { exceptions }),
      },
    };
  });
  const outcome = {
    ...ofPack,
    passed: outcomes.filter((one) => !/^[!^]/.test(one)),
    failed: [...new Set(failed.map(({ policy }) => policy))],
  };
  if (name === "stack") return [...reports, { policyAnalyzeStackSummaryEvent: outcome }];
  const urn = urnOf(stackName, name);
  return [
    ...reports,
    { policyAnalyzeSummaryEvent: { ...outcome, resourceUrn: urn } },
    { resOutputsEvent: { planning: dryRun, metadata: { op: "same", urn } } },
  ];
}
