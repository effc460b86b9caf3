import { StoredObject } from "./stored-resource.ts";

/** https://github.com/pulumi/pulumi/blob/v3.274.1/sdk/go/common/apitype/journal.go#L22 */
const KINDS = [
  "begin",
  "success",
  "failure",
  "refresh-success",
  "outputs",
  "write",
  "secrets-manager",
  "rebuilt-base-state",
  "extension-parameterize",
  "snippets",
  "state-migration",
] as const;

export type EntryKind = (typeof KINDS)[number];

/** An entry of an engine's journal. Numbers that end in Old are places in the base, those that end in New are operations. */
export interface JournalEntry {
  kind: EntryKind;
  operation: number;
  removeOld: number | undefined;
  removeNew: number | undefined;
  deleteOld: number | undefined;
  deleteNew: number | undefined;
  pendingReplacementOld: number | undefined;
  pendingReplacementNew: number | undefined;
  /** Its `state`, `newSnapshot` and so on. */
  sent: StoredObject;
}

/** The newest that is known. Version 2 adds migrations of states: https://github.com/pulumi/pulumi/blob/v3.274.1/sdk/go/common/apitype/journal.go */
export const JOURNAL_VERSION = 2;

/**
 * How an entry that rebuilds the base is stored: it says nothing else. So it can be counted, because each one costs as much as the whole
 * state has resources.
 */
export const REBUILT = [
  '{"version":1,"kind":7,"operationID":0}',
  '{"version":1,"kind":7,"operationID":0,"requiresByteString":true}',
] as const;

/** An engine does it once, after a refresh. */
export const MOST_REBUILT = 3;

/** The JSON that is stored of an entry. */
export function storedJson({ kind, sent }: JournalEntry): Buffer {
  if (kind !== "rebuilt-base-state") return sent.bytes;
  return Buffer.from(REBUILT[sent.isTrue("requiresByteString") ? 1 : 0]);
}

/** @returns undefined when it has another shape than its kind needs. */
export function entryOf(json: Buffer): JournalEntry | undefined {
  const sent = StoredObject.of(json);
  const kind = KINDS[numberIn(sent, "kind") ?? -1];
  const version = numberIn(sent, "version") ?? 0;
  if (kind === undefined || version < (kind === "state-migration" ? 2 : 1) || version > JOURNAL_VERSION)
    return undefined;
  const numbers = [
    "removeOld",
    "removeNew",
    "deleteOld",
    "deleteNew",
    "pendingReplacementOld",
    "pendingReplacementNew",
  ];
  const operation = numberIn(sent, "operationID");
  const optional = numbers.map((name) => numberIn(sent, name));
  if (
    operation === undefined ||
    optional.some((value, index) => value === undefined && sent.json(numbers[index] ?? ""))
  )
    return undefined;
  for (const name of ["state", "operation", "secretsProvider", "newSnapshot", "extension"])
    if (sent.json(name) && !sent.object(name)) return undefined;
  if (NEEDS[kind] !== undefined && !sent.json(NEEDS[kind])) return undefined;
  const [removeOld, removeNew, deleteOld, deleteNew, pendingReplacementOld, pendingReplacementNew] = optional;
  const places = { removeOld, removeNew, deleteOld, deleteNew, pendingReplacementOld, pendingReplacementNew };
  return { kind, operation, ...places, sent };
}

const NEEDS: Partial<Record<EntryKind, string>> = {
  write: "newSnapshot",
  "extension-parameterize": "extension",
  "state-migration": "states",
};

/** Not parsed when it is too long for one, because a stranger's value may be very large. */
function numberIn(sent: StoredObject, name: string): number | undefined {
  const text = sent.json(name)?.toString("latin1", 0, 17) ?? "";
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
}
