import { qualifiedType } from "./references.ts";
import type { StoredObject } from "./stored-resource.ts";

/** What a migration of states makes of a base. */
export interface Migrated {
  /** The new base. */
  resources: StoredObject[];
  /** Where in it are those that were in the old base, by their places there. */
  places: ReadonlyMap<number, number>;
  /** The places in the old base of those that have got another state. */
  changed: ReadonlySet<number>;
  /** Other states of what this update has made, by the operations that made it. */
  ofMade: ReadonlyMap<number, StoredObject>;
}

/**
 * @param sent the entry of the journal.
 * @param isExtension whether an extension is known by this name.
 * @returns undefined when it does not fit the base.
 */
export function migrated(
  sent: StoredObject,
  base: readonly StoredObject[],
  isExtension: (ref: string) => boolean,
): Migrated | undefined {
  const inserted = sent.objects("states");
  const ofBase = patchesOf(sent, "baseStatePatches", "index");
  const ofMade = patchesOf(sent, "newStatePatches", "operationID");
  const urns = new Set(inserted.map((state) => state.text("urn")));
  if (!ofBase || !ofMade || inserted.length === 0 || urns.size < inserted.length) return undefined;
  if (!inserted.every((state) => canBeInserted(state, isExtension))) return undefined;
  const layout = layoutOf(sent);
  const places = new Map(layout.flatMap(({ baseIndex }, now) => (baseIndex === undefined ? [] : [[baseIndex, now]])));
  const placed = new Set(layout.flatMap(({ stateIndex }) => stateIndex ?? []));
  const resources = layout.flatMap(({ baseIndex, stateIndex }) => {
    if (baseIndex === undefined) return inserted[stateIndex ?? -1] ?? [];
    return (stateIndex === undefined && base[baseIndex] && (ofBase.get(baseIndex) ?? base[baseIndex])) || [];
  });
  const changed = new Set(ofBase.keys());
  const isWhole = resources.length === layout.length && places.size + placed.size === layout.length;
  if (!isWhole || placed.size < inserted.length || ![...changed].every((place) => places.has(place))) return undefined;
  return { resources, places, changed, ofMade };
}

/** A resource of the new base: one of the old base, or one that is inserted. */
interface Item {
  baseIndex: number | undefined;
  stateIndex: number | undefined;
}

function layoutOf(sent: StoredObject): Item[] {
  const layout = sent.value("layout");
  if (!Array.isArray(layout)) return [];
  return layout.map((item) => ({ baseIndex: numberOf(item?.baseIndex), stateIndex: numberOf(item?.stateIndex) }));
}

/** -1, which is no place, for what is no number. */
function numberOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : -1;
}

/** @returns undefined when two are of the same, or one is none. */
function patchesOf(sent: StoredObject, list: string, key: string): ReadonlyMap<number, StoredObject> | undefined {
  const all = sent.objects(list);
  const patches = new Map(
    all.flatMap((patch) => {
      const of = numberOf(patch.value(key) ?? 0);
      const state = patch.object("state");
      return of === undefined || !state ? [] : [[of, state]];
    }),
  );
  return patches.size === all.length ? patches : undefined;
}

function canBeInserted(state: StoredObject, isExtension: (ref: string) => boolean): boolean {
  const urn = state.text("urn");
  const extension = state.text("extensionRef");
  return (
    urn.startsWith("urn:pulumi:") &&
    urn.split("::").length >= 4 &&
    state.text("type") === qualifiedType(urn).split("$").at(-1) &&
    !state.isTrue("delete") &&
    state.text("viewOf") === "" &&
    (!state.isTrue("custom") || state.text("id") !== "") &&
    (extension === "" || isExtension(extension))
  );
}
