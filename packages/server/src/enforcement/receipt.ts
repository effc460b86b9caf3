import type { UpdateKind } from "@quillon/contract";
import type { PackAnalyses } from "../findings/index.ts";

/**
 * `complete`: as far as the client reports, each required pack analysed each resource. `missing`: a pack analysed nothing.
 * `incomplete`: something is not known, or was not analysed. `not-applicable`: such a run asks no policies.
 */
export type ReceiptStatus = "complete" | "incomplete" | "missing" | "not-applicable";

/** How a run ended: by what its client said, by somebody who cancelled it, or because its client was not heard of any more. */
export type Outcome = "succeeded" | "failed" | "cancelled" | "expired";

/** What is known of a run that has ended. */
export interface Run {
  kind: UpdateKind;
  outcome: Outcome;
  /** Whether a refresh or destroy ran the program, too. */
  runsProgram: boolean;
  /** What each required pack did. */
  packs: readonly PackAnalyses[];
  /** How many resources each pack had to analyse. */
  expected: number;
  /** All that it added to the state was imported, and nothing was analysed. */
  onlyImported: boolean;
  /** The packs that failed while it went on, because a policy threw, for example; where its events do not say which, each that it may have been. */
  failed?: { packs: readonly string[]; certain: boolean };
  /** How many of its events never came, as far as their numbers tell, and whether the last one came. */
  events: { missing: number; ended: boolean };
  /** Whether it stored a state. */
  savedState: boolean;
  /** Of a stack whose state is in another backend: how many events came. There is nothing else to tell what happened. */
  elsewhere?: { received: number };
  /** Whether its state and the one before it could not be compared, because one of them can't be read or is too large. */
  statesUnknown?: boolean;
  /** What not every pack analysed, beside `expected`, of what changed in its state; undefined where states are not compared. */
  changed?: { count: number; first: readonly string[] } | undefined;
  /** What was required besides what a file of requirements had, from which it ran, in sentences. */
  outdated?: readonly string[];
  /** Why somebody ran it without what it must run. */
  breakGlass?: string;
}

export interface Judged {
  status: ReceiptStatus;
  /** Why, in sentences for people. A complete receipt needs none. */
  reasons: string[];
}

/** Decides what a receipt says. */
export function judge(run: Run): Judged {
  const none = whyNotApplicable(run);
  if (none) return { status: "not-applicable", reasons: [none] };
  const lost = describeLost(run);
  const mustSpeak = run.expected > 0 || run.outcome === "succeeded";
  const silent = mustSpeak ? run.packs.filter(({ analysed, stackAnalysed }) => analysed === 0 && !stackAnalysed) : [];
  const partly = run.packs.filter((pack) => !silent.includes(pack));
  const reasons = [
    ...(run.breakGlass === undefined ? [] : [describeBreakGlass(run.breakGlass)]),
    ...lost,
    ...(run.outdated ?? []),
    ...describeFailed(run),
    ...silent.map(({ pack }) => `Pack ${pack} analysed nothing.`),
    ...partly.filter(({ unanalysed }) => unanalysed > 0).map((pack) => describeUnanalysed(pack, run.expected)),
    ...partly.filter(({ stackAnalysed }) => run.outcome === "succeeded" && !stackAnalysed).map(describeStack),
    ...describeChanged(run),
    ...(run.statesUnknown ? ["Its state and the one before it could not be compared."] : []),
  ];
  if (reasons.length === 0) return { status: "complete", reasons };
  // What was lost may be what is missing.
  return { status: silent.length > 0 && lost.length === 0 ? "missing" : "incomplete", reasons };
}

/** Other sentences follow it, so it ends as one. */
function describeBreakGlass(reason: string): string {
  return `It ran without what it must run (--break-glass): ${reason}${/[.!?]$/.test(reason) ? "" : "."}`;
}

function whyNotApplicable(run: Run): string | undefined {
  const {
    kind,
    runsProgram,
    packs,
    expected,
    onlyImported,
    events,
    outcome,
    savedState,
    elsewhere,
    outdated,
    breakGlass,
    failed,
  } = run;
  if (kind !== "update" && kind !== "preview" && !runsProgram)
    return `Policies are not asked in a run of kind ${kind}.`;
  if (packs.length === 0 && !outdated?.length && breakGlass === undefined) return "No pack had to run.";
  if (onlyImported) return "It only imported resources, and policies are not asked then.";
  // A client that has registered the run cancels it when the preview before it failed, or was not confirmed.
  if (elsewhere && outcome === "cancelled" && elsewhere.received === 0) return "It was cancelled before it began.";
  const isOver = !elsewhere || events.ended;
  if (outcome === "failed" && expected === 0 && events.missing === 0 && !savedState && isOver && !failed)
    return "It failed before its program registered a resource.";
  return undefined;
}

function describeLost({ events: { missing, ended }, elsewhere }: Run): string[] {
  if (elsewhere?.received === 0) return ["No report: not one event of the run came."];
  return [
    ...(missing > 0 ? [`${counted(missing, "event")} of the run never came.`] : []),
    ...(ended ? [] : ["The event with which a run ends never came."]),
  ];
}

/** A resource that a pack could not answer for is not registered, so nothing expects it to be analysed. */
function describeFailed({ failed }: Run): string[] {
  if (!failed) return [];
  const what = "so what it was asked last was not analysed";
  if (failed.certain) return failed.packs.map((pack) => `Pack ${pack} failed while the run went on, ${what}.`);
  return [`A policy failed while the run went on, of pack ${failed.packs.join(" or ")}, ${what}.`];
}

function describeUnanalysed({ pack, unanalysed, first }: PackAnalyses, expected: number): string {
  const more = unanalysed > first.length ? ", and others" : "";
  return `Pack ${pack} did not analyse ${unanalysed} of ${counted(expected, "resource")}: ${first.join(", ")}${more}.`;
}

function describeChanged({ changed }: Run): string[] {
  if (!changed || changed.count === 0) return [];
  const more = changed.count > changed.first.length ? ", and others" : "";
  return [
    `The state of ${counted(changed.count, "resource")} was changed, and not every pack analysed them: ${changed.first.join(", ")}${more}.`,
  ];
}

/** The engine asks them at the end of every run that succeeds, also a pack that has none. */
function describeStack({ pack }: PackAnalyses): string {
  return `The stack policies of pack ${pack} were not asked.`;
}

function counted(count: number, of: string): string {
  return `${count} ${of}${count === 1 ? "" : "s"}`;
}
