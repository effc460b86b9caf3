import { type Call, callsOf, isDone } from "../history.ts";
import type { Version } from "./versions.ts";

const writes = ["save", "add", "events", "renew", "complete"] as const;

/** Invariant 4: at most one real update holds a stack, and one that has lost its lease never writes again. */
export function findBrokenHolds(
  calls: readonly Call[],
  versions: readonly Version[],
  jumps: readonly Call<"clock jump">[],
): string[] {
  return [
    ...findTwoHolders(calls, jumps),
    ...findBesideImports(calls, versions, jumps),
    ...findLateWrites(calls, versions),
  ];
}

/** What may have ended an update before a moment. */
function mayHaveEnded(
  calls: readonly Call[],
  { run, known }: Pick<Version, "run" | "known">,
  moment: number,
  jumps: readonly Call<"clock jump">[],
): boolean {
  const ends = callsOf(calls, "complete", "cancel").filter((call) => call.run === run && call.result !== "refused");
  return [...ends, ...jumps.filter(({ ended }) => ended > known)].some(({ sent }) => sent < moment);
}

function findTwoHolders(calls: readonly Call[], jumps: readonly Call<"clock jump">[]): string[] {
  const started = callsOf(calls, "start").filter(isDone);
  return started.flatMap((later) =>
    started
      .filter(({ run, answer, ended }) => {
        const isBefore = answer.version < later.answer.version || (run !== later.run && ended < later.sent);
        const hold = { run, known: ended };
        return run !== later.run && isBefore && !mayHaveEnded(calls, hold, later.ended, jumps);
      })
      .map(({ run }) => `${later.run} was started while ${run} held the stack`),
  );
}

function findBesideImports(
  calls: readonly Call[],
  versions: readonly Version[],
  jumps: readonly Call<"clock jump">[],
): string[] {
  return callsOf(calls, "import")
    .filter(isDone)
    .flatMap(({ sent, ended, state }) =>
      versions
        .filter(({ run, known }) => run !== "" && known < sent)
        .filter((version) => !mayHaveEnded(calls, version, ended, jumps))
        .map(({ run }) => `[${state.names.join(" ")}] was imported while ${run} held the stack`),
    );
}

function findLateWrites(calls: readonly Call[], versions: readonly Version[]): string[] {
  return versions.flatMap(({ run, version }) => {
    if (run === "") return [];
    const own = callsOf(calls, ...writes).filter((call) => call.run === run && isDone(call));
    const ends = callsOf(calls, "complete", "cancel").filter((call) => call.run === run && isDone(call));
    const over = Math.min(
      ...ends.map(({ ended }) => ended),
      ...versions.filter((other) => other.version > version).map(({ known }) => known),
    );
    return own
      .filter((write) => write.sent > over && !repeats(write, calls, over))
      .map((write) => `${run} had lost the stack, and was told that "${write.do}" was done`);
  });
}

/**
 * To end again what has ended itself is no error, and to send a state again that was stored before its answer was lost: it is there, which
 * is held against the state of its version.
 */
function repeats(write: Call<(typeof writes)[number]>, calls: readonly Call[], over: number): boolean {
  const before = callsOf(calls, write.do).filter(({ run, sent }) => run === write.run && sent < over);
  return before.some((earlier) => {
    if (earlier.do === "complete") return write.do === "complete" && earlier.status === write.status;
    return (
      earlier.do === "save" && write.do === "save" && earlier.number === write.number && earlier.result === "unknown"
    );
  });
}
