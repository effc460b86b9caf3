import { expect } from "vitest";
import { entryOf } from "../state/journal-entry.ts";
import { replay } from "../state/replay.ts";

export const urn = (name: string, type = "a:b:C") => `urn:pulumi:dev::web::${type}::${name}`;
export const resource = (name: string, more: object = {}) => ({ urn: urn(name), custom: true, type: "a:b:C", ...more });
/** Of the states that `replayed` makes. */
export const origin = { time: "2026-11-28T00:00:00.000Z", version: "v3.274.1" };

interface Deployment {
  resources?: Record<string, unknown>[];
  pending_operations?: unknown[];
  [key: string]: unknown;
}

/** What a CLI sends, as the replay takes it. */
export function entriesOf(entries: readonly object[]) {
  return entries.map((entry, index) => {
    const sent = { version: 1, sequenceID: index + 1, operationID: 0, removeOld: null, removeNew: null, ...entry };
    const read = entryOf(Buffer.from(JSON.stringify(sent)));
    if (!read) throw new Error(`no entry: ${JSON.stringify(sent)}`);
    return read;
  });
}

/** The state that entries make of a base, as JSON. */
export function replayed(base: object, entries: readonly object[], version = 3, features?: string[]) {
  const text = JSON.stringify({ version, ...(features && { features }), deployment: base });
  const { pieces, resourceCount } = replay(Buffer.from(text), entriesOf(entries), origin);
  const made = JSON.parse(Buffer.concat(pieces).toString()) as {
    version: number;
    features?: string[];
    deployment: Deployment;
  };
  expect(resourceCount).toBe(made.deployment.resources?.length ?? 0);
  return made;
}
