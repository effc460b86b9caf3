import { isObject } from "../is-object.ts";

/** A pack that a run must ask, as the server names it, and the name of its folder, which no other pack's path ends with. */
export interface RequiredPack {
  name: string;
  versionTag: string;
  folder: string;
}

/** An engine event as it is sent to the server. */
export interface SentEvent {
  sequence: number;
  timestamp: number;
  [kind: string]: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const PACK = ["policyPackName", "policyPackVersion", "policyPackVersionTag"];

/** What is sent of each kind of event besides the resource and the step of one. A kind that is not here is only counted. */
const SENT: Readonly<Record<string, readonly string[]>> = {
  cancelEvent: [],
  policyLoadEvent: [],
  policyEvent: [...PACK, "resourceUrn", "policyName", "message", "color", "enforcementLevel", "severity"],
  policyRemediationEvent: [...PACK, "resourceUrn", "policyName", "color"],
  policyAnalyzeSummaryEvent: [...PACK, "resourceUrn", "passed", "failed"],
  policyRemediateSummaryEvent: [...PACK, "resourceUrn", "passed", "failed"],
  policyAnalyzeStackSummaryEvent: [...PACK, "passed", "failed"],
  summaryEvent: ["maybeCorrupt", "durationSeconds", "resourceChanges", "isPreview"],
  resourcePreEvent: ["planning"],
  resOutputsEvent: ["planning"],
  resOpFailedEvent: ["status", "steps"],
};

/** Of a resource before and after a step. Its inputs, outputs and id stay here, and the paths of what changed in them. */
const STATE = ["type", "urn", "custom", "delete", "parent", "protect", "retainOnDelete"];

/**
 * What leaves this machine of an event: URNs, types, operations, and what policies said. Every event is sent, if only as its
 * number, because the server counts them.
 *
 * @param fields the event as the CLI wrote it.
 * @param sequence in the place of one that can't be read.
 */
export function eventToSend(fields: Fields, packs: readonly RequiredPack[], sequence: number): SentEvent {
  const { sequence: own, timestamp } = fields;
  const sent: SentEvent = { sequence: wholeNumber(own) ?? sequence, timestamp: wholeNumber(timestamp) ?? 0 };
  for (const [kind, names] of Object.entries(SENT)) {
    const event = fieldsOf(fields[kind]);
    if (!event) continue;
    const metadata = fieldsOf(event.metadata);
    sent[kind] = {
      ...pick(event, names),
      ...(metadata && { metadata: stepOf(metadata) }),
      ...(names.includes("policyPackName") && packOf(event, packs)),
    };
  }
  return sent;
}

/** @returns undefined for what is no event. */
export function parseEvent(json: string): Fields | undefined {
  try {
    return fieldsOf(JSON.parse(json));
  } catch {
    return undefined;
  }
}

/** Whether the event says that the run goes wrong. */
export function isFailure({ diagnosticEvent, policyEvent, resOpFailedEvent, errorEvent }: Fields): boolean {
  return (
    fieldsOf(diagnosticEvent)?.severity === "error" ||
    fieldsOf(policyEvent)?.enforcementLevel === "mandatory" ||
    fieldsOf(resOpFailedEvent) !== undefined ||
    fieldsOf(errorEvent) !== undefined
  );
}

/** Whether the event is one of a preview or of an update; undefined when it says neither. */
export function isPreview({ summaryEvent, resourcePreEvent }: Fields): boolean | undefined {
  const summary = fieldsOf(summaryEvent);
  if (summary) return summary.isPreview === true;
  const step = fieldsOf(resourcePreEvent);
  return step && step.planning === true;
}

function stepOf(metadata: Fields) {
  const [before, after] = [fieldsOf(metadata.old), fieldsOf(metadata.new)];
  return {
    ...pick(metadata, ["op", "urn", "type", "logical"]),
    old: before ? pick(before, STATE) : null,
    new: after ? pick(after, STATE) : null,
  };
}

/**
 * To the engine a required pack is one of the user's own, whose name in events has its folder:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/engine/update.go#L78
 */
function packOf({ policyPackName }: Fields, packs: readonly RequiredPack[]): object {
  const [, folder] = /^[^|]*\|local\|(?:.*[\\/])?([^\\/]*)$/s.exec(String(policyPackName)) ?? [];
  const pack = folder ? packs.find((one) => one.folder === folder) : undefined;
  if (!pack) return {};
  const { name, versionTag } = pack;
  return { policyPackName: name, policyPackVersion: versionTag, policyPackVersionTag: versionTag };
}

function pick(from: Fields, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (isPlain(from[name]) ? [[name, from[name]]] : [])));
}

/** A value of a field that is sent is a word, a number, or a list or map of these. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value !== undefined && value !== null;
  return Object.values(value).every((one) => typeof one !== "object");
}

function wholeNumber(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

function fieldsOf(value: unknown): Fields | undefined {
  return isObject(value) ? value : undefined;
}
