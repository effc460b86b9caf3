import { isObject } from "../json/is-object.ts";
import { plainText } from "./fold.ts";
import { namedPacks } from "./named-packs.ts";

/**
 * What a pack could not do: be downloaded or `install`ed, be `load`ed or be `configure`d, which ends a run before it begins, or
 * `run` its policies. A CLI before 3.219 says that it loads packs before it installs them, so one that it can't install could not be
 * loaded.
 * https://github.com/pulumi/pulumi/blob/v3.219.0/pkg/engine/policypacks.go
 */
export type Stage = "install" | "load" | "configure" | "run";

/** A pack that a run had to ask. */
interface AskedPack {
  pack: string;
  /** Null for a version without one. */
  tag: string | null;
}

/** Why a run could not ask a pack. */
export interface PackFailure {
  pack: string;
  stage: Stage;
  /** For people, in plain text. */
  message: string;
  /** Whether the run says that it was this pack. Where it names none, each that it may have been is suspected. */
  certain: boolean;
}

/** In characters, of all diagnostics together that are looked at. A run that a pack made fail prints some thousands. */
const MOST_TEXT = 500_000;
/** In characters. The whole text is in the run's events. */
const LONGEST = 2_000;
const NOTHING_SENT = "The run failed before its first event, as it does when a pack can't be downloaded or installed.";
const NOTHING_SAID = "The pack was not downloaded, installed or loaded. The run's events do not say why.";

/**
 * Whether the run has loaded and configured all packs: the engine begins it only then. An event that is too large to be read may be
 * the one that says so, and has the stack's configuration, so any event of a resource says it, too.
 */
export function hasLoaded(events: readonly unknown[]): boolean {
  return events.some((event) => isObject(event) && AFTER_LOADING.some((kind) => event[kind]));
}

const AFTER_LOADING = ["preludeEvent", "resourcePreEvent", "resOutputsEvent", "resOpFailedEvent"] as const;

/**
 * Which packs made a run fail, by its first and last engine events, in their order. What a policy reports is no failure of
 * its pack.
 *
 * @param events of a run that has ended as failed.
 * @param required what it had to run. A pack that was given with --policy-pack is never named, unless name and version are equal.
 */
export function packFailures(events: readonly unknown[], required: readonly AskedPack[]): PackFailure[] {
  const sent = events.filter(isObject);
  const run: FailedRun = {
    sent,
    required,
    byName: new Map(required.map((pack) => [pack.pack, pack])),
    diagnostics: readDiagnostics(sent),
    others: sent.filter(({ policyLoadEvent }) => policyLoadEvent).length > required.length,
  };
  return events.length === 0 ? suspect(run, "install", NOTHING_SENT) : whyStopped(run);
}

interface Diagnostic {
  text: string;
  /** For people; empty when nothing of it is. */
  shown: string;
  isError: boolean;
  urn: unknown;
}

interface FailedRun {
  sent: readonly Record<string, unknown>[];
  required: readonly AskedPack[];
  byName: ReadonlyMap<string, AskedPack>;
  diagnostics: readonly Diagnostic[];
  /** Whether it loaded packs that it need not run. */
  others: boolean;
}

function whyStopped(run: FailedRun): PackFailure[] {
  if (hasLoaded(run.sent)) return whyNotRun(run);
  return run.sent.some(({ policyLoadEvent }) => policyLoadEvent) ? whyNotLoaded(run) : [];
}

/** The engine says why it can't configure a pack. Of one that does not start, it says nothing, but passes on what the pack prints. */
function whyNotLoaded(run: FailedRun): PackFailure[] {
  const { diagnostics, byName, required } = run;
  const naming = new Map<string, { shown: string[]; configuring: boolean }>();
  const printing = new Set<string>();
  for (const { text, shown, isError } of diagnostics) {
    const configuring = CONFIGURING.test(text);
    for (const name of namedPacks(text, byName)) {
      printing.add(name);
      if (!isError) continue;
      const before = naming.get(name) ?? { shown: [], configuring: false };
      before.shown.push(shown);
      naming.set(name, { ...before, configuring: before.configuring || configuring });
    }
  }
  if (naming.size > 0)
    return required.flatMap((pack) => {
      const named = naming.get(pack.pack);
      return named ? [certain(pack, named.configuring ? "configure" : "load", messageOf(named.shown))] : [];
    });
  const printed = messageOf(diagnostics.map(({ shown }) => shown));
  // A pack that works may print something, too.
  if (printing.size > 0 && diagnostics.some(({ text }) => UNHANDLED.test(text)))
    return required.filter(({ pack }) => printing.has(pack)).map((pack) => certain(pack, "load", printed));
  return suspect(run, "load", printed || NOTHING_SAID);
}

const UNHANDLED = /\bfailed with an unhandled exception\b/;

const CONFIGURING = /\b(validating polic\w+ config|configuring policy pack|reconciling (policy )?config)\b/;

/** The SDKs for Node.js name the policy and its pack. Others, and a pack that ended, leave only the engine's words. */
function whyNotRun(run: FailedRun): PackFailure[] {
  const failures = new Map<string, PackFailure>();
  const answered = answersOf(run.sent);
  for (const { text, shown, urn } of run.diagnostics.filter(isOfPolicy)) {
    const [first = ""] = text.split("\n", 1);
    const named = [...namedPacks(first, run.byName)].map((pack) => certain({ pack }, "run", messageOf([shown])));
    const isOfKnown = named.length > 0 || first.includes(" from policy pack '");
    const asked = answered.get(urn || null);
    const silent = isOfKnown ? [] : run.required.filter(({ pack }) => !asked?.has(pack));
    for (const failure of isOfKnown ? named : suspect({ ...run, required: silent }, "run", messageOf([shown])))
      if (!failures.has(failure.pack)) failures.set(failure.pack, failure);
  }
  return [...failures.values()];
}

function isOfPolicy({ isError, text, urn }: Diagnostic): boolean {
  return isError && (FAILED.test(text) || (!urn && FAILED_ON_STACK.test(text)));
}

const FAILED = /^(failed to run (policy|remediation): |Error \w+ resource with \w+ '.*' from policy pack ')/;
const FAILED_ON_STACK = /^(Exception calling application: |error reading from server: )/;

/** Which packs have answered for each resource, and under null, for the stack. */
function answersOf(sent: FailedRun["sent"]): Map<unknown, Set<unknown>> {
  const answers = new Map<unknown, Set<unknown>>();
  for (const { policyAnalyzeSummaryEvent: ofResource, policyAnalyzeStackSummaryEvent: ofStack } of sent) {
    const answer = isObject(ofResource) ? ofResource : ofStack;
    if (!isObject(answer)) continue;
    const urn = answer === ofResource ? answer.resourceUrn : null;
    answers.set(urn, (answers.get(urn) ?? new Set()).add(answer.policyPackName));
  }
  return answers;
}

/** One pack alone is certain. None is suspected when it may have been one that the run need not ask. */
function suspect({ required, others, sent }: FailedRun, stage: Stage, message: string): PackFailure[] {
  if (others) return [];
  return required.map(({ pack }) => ({ pack, stage, message, certain: required.length === 1 && sent.length > 0 }));
}

function certain({ pack }: Pick<AskedPack, "pack">, stage: Stage, message: string): PackFailure {
  return { pack, stage, message, certain: true };
}

function readDiagnostics(sent: FailedRun["sent"]): Diagnostic[] {
  const read: Diagnostic[] = [];
  let left = MOST_TEXT;
  for (const { diagnosticEvent: diagnostic } of sent) {
    if (!isObject(diagnostic) || typeof diagnostic.message !== "string") continue;
    const text = plainText(diagnostic.message);
    left -= text.length;
    if (left < 0) break;
    read.push({ text, shown: shownOf(text), isError: diagnostic.severity === "error", urn: diagnostic.urn });
  }
  return read;
}

/** Without the lines of a stack trace that are not about the pack itself. */
function shownOf(text: string): string {
  const lines = text.replace(/^failed to run (policy|remediation): /, "").split("\n");
  return lines
    .filter((line) => !/^\s*at /.test(line) || line.includes("pulumi-analyzer-"))
    .join("\n")
    .trim();
}

function messageOf(shown: readonly string[]): string {
  let message = "";
  for (const text of shown) {
    if (message.length > LONGEST) break;
    if (text) message += message ? `\n${text}` : text;
  }
  return message.length > LONGEST ? `${message.slice(0, LONGEST)}…`.replace(/\p{Surrogate}/gu, "") : message;
}
