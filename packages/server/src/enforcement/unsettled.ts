import { isDeepStrictEqual } from "node:util";
import { type EnabledPack, requiredPacks } from "./required.ts";

/** A pack as it is recorded with the update that must run it. */
export interface RecordedPack {
  name: string;
  version: number;
  config?: unknown;
}

interface Entry extends EnabledPack {
  name: string;
  /** JSON text. */
  config: string | null;
}

/**
 * What an update would have to run because of groups that nobody knew of when it was created, and will not run.
 *
 * @param input.known entries of the groups that what is recorded came from, as they are now.
 * @param input.added entries of the groups that came after.
 */
export function missingPacks<E extends Entry>(input: {
  known: readonly E[];
  added: readonly E[];
  recorded: readonly RecordedPack[];
}): E[] {
  const { known, added, recorded } = input;
  return requiredPacks([...known, ...added]).filter(
    (pack) => added.includes(pack) && !recorded.some((other) => satisfies(other, pack)),
  );
}

function satisfies(recorded: RecordedPack, { name, version, config }: Entry): boolean {
  if (recorded.name !== name || recorded.version < version) return false;
  return (
    recorded.version > version || isDeepStrictEqual(recorded.config, config === null ? undefined : JSON.parse(config))
  );
}
