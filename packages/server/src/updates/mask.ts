import type { Ctx } from "../context.ts";
import { bytesOf } from "../json/project.ts";
import { childrenOf } from "../json/span.ts";
import { replaceStrings } from "../json/strings.ts";
import type { Automaton } from "../masking/automaton.ts";
import { maskText, withhold } from "../masking/texts.ts";
import { bufferOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";

const QUOTE = 0x22;
const OPEN_OBJECT = 0x7b;

/** Names, numbers and the like alone. */
const NAMES = "names";

/**
 * Where texts are that may repeat a value: all that is inside (`true`), or inside the members of an object as they are listed, and all of
 * a member that is not, because a later engine may add one.
 */
type Places = true | typeof NAMES | { readonly [key: string]: Places };

const names = (...keys: string[]): { readonly [key: string]: Places } =>
  Object.fromEntries(keys.map((key) => [key, NAMES]));

const POLICY = names(
  "resourceUrn",
  "color",
  "policyName",
  "policyPackName",
  "policyPackVersion",
  "policyPackVersionTag",
  "enforcementLevel",
  "severity",
  "exceptions",
);
const RESOURCE = names("type", "urn", "id", "parent", "provider", "hideDiffs");
const STEP: Places = {
  metadata: {
    ...names("op", "urn", "type", "keys", "diffs", "detailedDiff", "provider"),
    old: RESOURCE,
    new: RESOURCE,
  },
};

/** https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/apitype/events.go */
const PLACES: { readonly [key: string]: Places } = {
  ...names("sequence", "timestamp", "type"),
  stdoutEvent: names("color"),
  diagnosticEvent: names("urn", "color", "severity"),
  progressEvent: names("type", "id"),
  policyEvent: POLICY,
  policyRemediationEvent: POLICY,
  resourcePreEvent: STEP,
  resOutputsEvent: STEP,
  resOpFailedEvent: STEP,
  ...names(
    "summaryEvent",
    "cancelEvent",
    "policyLoadEvent",
    "policyAnalyzeSummaryEvent",
    "policyAnalyzeStackSummaryEvent",
    "policyRemediateSummaryEvent",
  ),
};

/** Whether an event may have a text that is masked: its payload is none that has names and numbers alone. */
export function mayHaveTexts(json: Buffer): boolean {
  for (const { key = "" } of childrenOf(json)) if (!Object.hasOwn(PLACES, key) || PLACES[key] !== NAMES) return true;
  return false;
}

/**
 * @param automaton finds what is secret. Without one that isn't known, and no text is kept.
 * @returns the event itself when nothing in it is masked.
 */
export function maskEvent(json: Buffer, automaton: Automaton | undefined): Buffer {
  const mask: Mask = (text, where) => (automaton ? maskText(automaton, text) : withhold(text, where));
  return replaceIn(json, PLACES, mask);
}

/** @param where `isInside` for a text that is one of an object or a list. */
type Mask = (text: string, where: { isInside: boolean }) => string;

function replaceIn(json: Buffer, places: Places, mask: Mask): Buffer {
  if (places === NAMES) return json;
  if (places === true || json[0] !== OPEN_OBJECT) {
    const where = { isInside: json[0] !== QUOTE };
    return replaceStrings(json, (text) => mask(text, where));
  }
  return replaceMembers(json, (key, value) =>
    replaceIn(value, Object.hasOwn(places, key) ? (places[key] as Places) : true, mask),
  );
}

function replaceMembers(json: Buffer, replace: (key: string, value: Buffer) => Buffer): Buffer {
  const pieces: Buffer[] = [];
  let done = 0;
  for (const { key, start, end } of childrenOf(json)) {
    if (key === undefined) return json;
    const value = json.subarray(start, end);
    const replaced = replace(key, value);
    if (replaced === value) continue;
    pieces.push(json.subarray(done, start), replaced);
    done = end;
  }
  return done === 0 ? json : Buffer.concat([...pieces, json.subarray(done)]);
}

/** Events, one after the other in `bytes`, which have memory of their own; and where each ends. */
interface Unmasked {
  automaton: Automaton | undefined;
  bytes: Uint8Array<ArrayBuffer>;
  ends: readonly number[];
}

/** Returns the events that change, by their place in the list. */
export const maskTask: Task<Unmasked, [index: number, event: Uint8Array][]> = {
  name: "mask-events",
  moves: { input: ({ bytes }) => [bytes.buffer] },
  run({ automaton, bytes, ends }) {
    return ends.flatMap((end, index): [number, Uint8Array][] => {
      const event = bytesOf(bufferOf(bytes), { start: ends[index - 1] ?? 0, end });
      const masked = maskEvent(event, automaton);
      return masked === event ? [] : [[index, masked]];
    });
  },
};

/**
 * Looks for secrets in events, each its JSON text, in a worker thread when there is much to read.
 *
 * @param automaton finds what is secret. Without one that isn't known, and no text is kept.
 * @returns those that have something else in place of a text or a part of it now, by their place in the list.
 */
export async function maskEvents(
  { workers }: Pick<Ctx, "workers">,
  events: readonly Buffer[],
  automaton: Automaton | undefined,
): Promise<Map<number, Buffer>> {
  let end = 0;
  const ends = events.map(({ length }) => (end += length));
  const bytes = new Uint8Array(end);
  for (const [index, event] of events.entries()) bytes.set(event, ends[index - 1] ?? 0);
  const masked = await workers.run(maskTask, { automaton, bytes, ends }, end);
  return new Map(
    masked.map(([index, event]) => [index, Buffer.from(event.buffer, event.byteOffset, event.byteLength)]),
  );
}
