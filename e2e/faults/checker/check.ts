import { type Call, callsOf, groupBy } from "../history.ts";
import { findBrokenEvents } from "./events.ts";
import { findBrokenHolds } from "./holds.ts";
import { findBrokenPacks, findBrokenRequirements } from "./packs.ts";
import { findBrokenStates } from "./states.ts";
import { findBrokenVersions, versionsOf } from "./versions.ts";

/**
 * Holds what clients have seen against what the server promises. At its end a history has a reading of everything: of each stack its
 * history and each version's state, of each update its events, of each pack its versions and archives.
 *
 * @returns what was not kept, in sentences.
 */
export function findBroken(recorded: readonly Call[]): string[] {
  const history = [...recorded].sort((a, b) => a.sent - b.sent);
  const jumps = callsOf(history, "clock jump");
  const ofStacks = history.filter((call): call is Call & { stack: string } => "stack" in call);
  const broken = [...groupBy(ofStacks, ({ stack }) => stack)].flatMap(([stack, calls]) => {
    const versions = versionsOf(calls);
    return [
      ...findBrokenVersions(calls, versions),
      ...findBrokenHolds(calls, versions, jumps),
      ...findBrokenStates(calls, versions),
      ...findBrokenEvents(calls),
    ].map((sentence) => `Stack ${stack}: ${sentence}`);
  });
  return [...broken, ...findBrokenPacks(history), ...findBrokenRequirements(history)];
}
