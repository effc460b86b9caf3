import { isDeepStrictEqual } from "node:util";
import type { RecordedPack } from "../updates/index.ts";
import { type EnabledPack, requiredPacks } from "./required.ts";

/** What is looked at of a pack that is recorded with the update that must run it. */
type Recorded = Pick<RecordedPack, "pack" | "version" | "config">;

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
  recorded: readonly Recorded[];
}): E[] {
  const { known, added, recorded } = input;
  return requiredPacks([...known, ...added]).filter(
    (pack) => added.includes(pack) && !recorded.some((other) => satisfies(other, pack)),
  );
}

function satisfies(recorded: Recorded, { name, version, config }: Entry): boolean {
  if (recorded.pack !== name || recorded.version < version) return false;
  return (
    recorded.version > version || isDeepStrictEqual(recorded.config, config === null ? undefined : JSON.parse(config))
  );
}
