import type { NamedException, ReportedPack, ReportedPolicy, ReportedResult, ReportHead } from "@quillon/contract";

/** `worst`: by level and severity, the worst first. `policy`: those of one version of a pack together, in it by policy. */
export type Order = "worst" | "policy";

export type Results = AsyncIterable<ReportedResult> | Iterable<ReportedResult>;

/** One format. It holds no result longer than it needs to write it. */
export interface Writer {
  contentType: string;
  /** In which the results must come. */
  order: Order;
  write(head: ReportHead, results: Results): AsyncGenerator<string>;
}

/** `acme/web/dev`, or the organization when the results are those of several stacks. A state in a file has no organization. */
export function subjectOf({ organization, stack }: ReportHead): string {
  return [organization, stack?.project, stack?.name].filter(Boolean).join("/");
}

/** What is shown as the resource of a result without one. */
export function wholeOf({ update }: ReportHead): string {
  return update?.compactedAt ? "resources that are not kept" : "the whole stack";
}

/** Why policies could not be evaluated, for a sentence. A state knows all values but the secrets that nobody has opened. */
export function unknownBecause({ update }: ReportHead): string {
  return update?.kind === "check" ? "secrets in the state are encrypted" : "the preview does not know all values";
}

/** Since when only counts are kept, for a sentence; undefined for a report with all that was found. */
export function compactedOn({ update }: ReportHead): string | undefined {
  return update?.compactedAt?.slice(0, 10);
}

/** `1 violation`, `2 violations`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** `EXC-1: why (until 2030-01-31T00:00:00Z)`. */
export function exceptionText({ id, reason, expiresAt }: NamedException): string {
  return `${id}${reason && `: ${reason}`}${expiresAt ? ` (until ${expiresAt})` : ""}`;
}

/** Whether policy exceptions match the violation. */
export function isExcepted({ exceptions }: ReportedResult): boolean {
  return exceptions !== undefined;
}

/** What to do about exceptions that match and were not applied. Empty when there are none. */
export function unappliedText({ unappliedExceptions = [] }: ReportedResult): string {
  if (unappliedExceptions.length === 0) return "";
  const named = unappliedExceptions.map(exceptionText).join("; ");
  return `Not let through, although a policy exception matches (${named}): the Pulumi CLI is too old to apply it, and the policy pack did not. Run with Pulumi CLI 3.274 or newer.`;
}

/** Why a violation may stay, in one line. Empty when nobody said so. */
export function reasonOf({ exceptions, finding }: ReportedResult): string {
  return exceptions ? exceptions.map(exceptionText).join("; ") : (finding?.reason ?? "");
}

/** Of all kinds. */
export function violationsOf({
  mandatory,
  advisory,
  accepted,
  excepted,
}: ReportedPolicy | ReportHead["counts"]): number {
  return mandatory + advisory + accepted + excepted;
}

type Fix = Pick<ReportedPolicy, "remediationSteps" | "url">;

/** What a pack says of how to fix what violates a policy, without what it leaves empty. */
export function fixOf({ remediationSteps, url }: Fix): Fix {
  return { ...(remediationSteps && { remediationSteps }), ...(url && { url }) };
}

/** The violated policies of which their packs say how to fix that, without those whose violations may all stay. */
export function policiesToFix({ packs }: Pick<ReportHead, "packs">): { pack: ReportedPack; policy: ReportedPolicy }[] {
  return packs
    .flatMap((pack) => pack.policies.map((policy) => ({ pack, policy })))
    .filter(({ policy }) => policy.mandatory + policy.advisory > 0 && howToFix(policy).length > 0);
}

/** How to fix what violates a policy, as far as its pack says it, in lines of which each may have several of its own. */
export function howToFix({ remediationSteps, url }: Fix): string[] {
  return [...(remediationSteps ? [`How to fix it: ${remediationSteps.trim()}`] : []), ...(url ? [`More: ${url}`] : [])];
}

/** Whether somebody decided that the violation may stay. */
export function isAccepted({ finding }: ReportedResult): boolean {
  return finding?.status === "ignored" || finding?.status === "by_design";
}

/** The packs that could not be loaded, or that threw, with what the run says of it. */
export function brokenPacks({ packs }: Pick<ReportHead, "packs">): (ReportedPack & { failure: string })[] {
  return packs.flatMap((pack) => (pack.failure === undefined ? [] : [{ ...pack, failure: pack.failure }]));
}

/** The required packs of which a run that has ended says nothing at all: perhaps nobody asked them, which the receipt says. */
export function silentPacks({ packs, update }: Pick<ReportHead, "packs" | "update">): ReportedPack[] {
  if (!update || update.status === "running" || update.kind === "check") return [];
  return packs.filter(({ required, failure, policies }) => required && failure === undefined && policies.length === 0);
}

/** `rules@1.0.0 and names@2.0.0`. */
export function packNames(packs: readonly Pick<ReportedPack, "name" | "version">[]): string {
  return packs.map(({ name, version }) => (version ? `${name}@${version}` : name)).join(" and ");
}

/** Whether the run failed, and no mandatory violation is the reason. */
export function failedOtherwise({ update, counts }: ReportHead): boolean {
  return (update?.status === "failed" || update?.status === "cancelled") && counts.mandatory === 0;
}

/** What comes with the worst first, in the order of a writer. */
export function inOrder<T extends Pick<ReportedResult, "pack" | "version" | "policy">>(
  order: Order,
  worstFirst: readonly T[],
): readonly T[] {
  if (order === "worst") return worstFirst;
  const keyOf = ({ pack, version, policy }: T) => JSON.stringify([pack, version, policy]);
  return worstFirst.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
}

const compare = (a: string, b: string) => Number(a > b) - Number(a < b);
