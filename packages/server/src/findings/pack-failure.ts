import { isObject } from "../json/is-object.ts";
import { plainText } from "./fold.ts";

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

/** In characters. The whole text is in the run's events. */
const LONGEST = 2_000;
const NOTHING_SENT = "The run failed before its first event, as it does when a pack can't be downloaded or installed.";
const NOTHING_SAID = "The pack was not downloaded, installed or loaded. The run's events do not say why.";

/** Whether the run has loaded and configured all packs: the engine begins it only then. */
export function hasLoaded(events: readonly unknown[]): boolean {
  return events.some((event) => isObject(event) && event.preludeEvent);
}

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
    diagnostics: sent.flatMap(readDiagnostic),
    others: sent.filter(({ policyLoadEvent }) => policyLoadEvent).length > required.length,
  };
  const failures = events.length === 0 ? suspect(run, "install", NOTHING_SENT) : whyStopped(run);
  return failures.filter(({ pack }, index) => failures.findIndex((one) => one.pack === pack) === index);
}

interface Diagnostic {
  text: string;
  isError: boolean;
  urn: unknown;
}

interface FailedRun {
  sent: readonly Record<string, unknown>[];
  required: readonly AskedPack[];
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
  const errors = run.diagnostics.filter(({ isError }) => isError).map(({ text }) => text);
  const refused = run.required.flatMap((pack) => {
    const texts = errors.filter((text) => isNamed(pack, text));
    const stage = texts.some((text) => CONFIGURING.test(text)) ? "configure" : "load";
    return texts.length > 0 ? [certain(pack, stage, texts)] : [];
  });
  if (refused.length > 0) return refused;
  const printed = run.diagnostics.map(({ text }) => text);
  const broken = run.required.filter((pack) => printed.some((text) => isNamed(pack, text)));
  // A pack that works may print something, too.
  if (broken.length > 0 && printed.some((text) => UNHANDLED.test(text)))
    return broken.map((pack) => certain(pack, "load", printed));
  return suspect(run, "load", messageOf(printed) || NOTHING_SAID);
}

const UNHANDLED = /\bfailed with an unhandled exception\b/;

const CONFIGURING = /\b(validating polic\w+ config|configuring policy pack|reconciling (policy )?config)\b/;

/** The SDKs for Node.js name the policy and its pack. Others, and a pack that ended, leave only the engine's words. */
function whyNotRun(run: FailedRun): PackFailure[] {
  return run.diagnostics.filter(isOfPolicy).flatMap((diagnostic) => {
    const [first = ""] = diagnostic.text.split("\n");
    const named = run.required.filter((pack) => isNamed(pack, first));
    if (named.length > 0 || first.includes(" from policy pack '"))
      return named.map((pack) => certain(pack, "run", [diagnostic.text]));
    return suspect({ ...run, required: notAnswering(run, diagnostic.urn) }, "run", messageOf([diagnostic.text]));
  });
}

function isOfPolicy({ isError, text, urn }: Diagnostic): boolean {
  return isError && (FAILED.test(text) || (!urn && FAILED_ON_STACK.test(text)));
}

const FAILED = /^(failed to run (policy|remediation): |Error \w+ resource with \w+ '.*' from policy pack ')/;
const FAILED_ON_STACK = /^(Exception calling application: |error reading from server: )/;

/** The packs that have not answered for the resource, or for the stack. */
function notAnswering({ sent, required }: FailedRun, urn: unknown): AskedPack[] {
  const kind = urn ? "policyAnalyzeSummaryEvent" : "policyAnalyzeStackSummaryEvent";
  const answers = sent.map((event) => event[kind]).filter(isObject);
  const answered = answers.filter(({ resourceUrn }) => !urn || resourceUrn === urn);
  return required.filter(({ pack }) => !answered.some(({ policyPackName }) => policyPackName === pack));
}

/** One pack alone is certain. None is suspected when it may have been one that the run need not ask. */
function suspect({ required, others, sent }: FailedRun, stage: Stage, message: string): PackFailure[] {
  if (others) return [];
  return required.map(({ pack }) => ({ pack, stage, message, certain: required.length === 1 && sent.length > 0 }));
}

function certain({ pack }: AskedPack, stage: Stage, texts: readonly string[]): PackFailure {
  return { pack, stage, message: messageOf(texts), certain: true };
}

/**
 * Whether a text names this version of the pack: `pets 1.0.0`, `pets@v1.0.0`, the folder that the CLI installs it to, or its name
 * in quotes.
 */
function isNamed({ pack, tag }: AskedPack, text: string): boolean {
  if (!text.includes(pack)) return false;
  const version = tag === null ? "[\\w.+-]+" : `${exactly(tag)}(?![\\w+-]|\\.\\w)`;
  const named = new RegExp(`(?<![\\w.-])(?:pulumi-analyzer-)?${exactly(pack)}(?: v?|@v?|-v)${version}`);
  return named.test(text) || text.includes(`"${pack}"`);
}

function exactly(text: string): string {
  return text.replace(/\W/g, "\\$&");
}

function readDiagnostic({ diagnosticEvent: diagnostic }: Record<string, unknown>): Diagnostic[] {
  if (!isObject(diagnostic) || typeof diagnostic.message !== "string") return [];
  return [{ text: plainText(diagnostic.message), isError: diagnostic.severity === "error", urn: diagnostic.urn }];
}

/** Without the lines of a stack trace that are not about the pack itself. */
function messageOf(texts: readonly string[]): string {
  const lines = texts.flatMap((text) => text.replace(/^failed to run (policy|remediation): /, "").split("\n"));
  const message = lines
    .filter((line) => !/^\s*at /.test(line) || line.includes("pulumi-analyzer-"))
    .join("\n")
    .trim();
  return message.length > LONGEST ? `${message.slice(0, LONGEST)}…`.replace(/\p{Surrogate}/gu, "") : message;
}
