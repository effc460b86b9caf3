import { type Call, callsOf, type HistoryEntry, isDone, type State } from "../history.ts";

/** A version of a stack, as its history says at the end. */
export interface Version extends HistoryEntry {
  /** The state that it ended with. */
  final: State | undefined;
  /** When it was first asked for, and when it was there for certain. */
  from: number;
  known: number;
}

const NEVER = Number.POSITIVE_INFINITY;

/** The oldest first. */
export function versionsOf(calls: readonly Call[]): Version[] {
  const entries = callsOf(calls, "history").filter(isDone).at(-1)?.answer ?? [];
  const reads = callsOf(calls, "read").filter(isDone);
  return entries
    .map((entry) => {
      const final = reads.filter(({ version }) => version === entry.version).at(-1)?.answer;
      const makers =
        entry.run === ""
          ? callsOf(calls, "import").filter(({ state }) => sameNames(state, final))
          : callsOf(calls, "start").filter(({ run }) => run === entry.run);
      const from = Math.min(NEVER, ...makers.map(({ sent }) => sent));
      const known = Math.min(NEVER, ...makers.filter(isDone).map(({ ended }) => ended));
      return { ...entry, final, from, known };
    })
    .sort((a, b) => a.version - b.version);
}

/** Invariant 5, of versions: what was acknowledged is in the history, with its number, and numbers are neither skipped nor doubled. */
export function findBrokenVersions(calls: readonly Call[], versions: readonly Version[]): string[] {
  return [
    ...findMisnumbered(versions),
    ...findRefused(calls, versions),
    ...findLostStarts(calls, versions),
    ...findLostImports(calls, versions),
    ...findWrongResults(calls, versions),
    ...findDisordered(calls),
  ];
}

function findMisnumbered(versions: readonly Version[]): string[] {
  const numbers = versions.map(({ version }) => version);
  const isWhole = numbers.every((version, index) => version === index + 1);
  const runs = versions.map(({ run }) => run).filter(Boolean);
  const twice = runs.filter((run, index) => runs.indexOf(run) !== index);
  return [
    ...(isWhole ? [] : [`its versions are ${numbers.join(", ")}`]),
    ...twice.map((run) => `${run} is twice in its history`),
  ];
}

function findRefused(calls: readonly Call[], versions: readonly Version[]): string[] {
  return versions.flatMap(({ run, version }) => {
    if (run === "") return [];
    const starts = callsOf(calls, "start").filter((start) => start.run === run);
    const never = starts.every(({ result }) => result === "refused");
    return never ? [`${run} has version ${version}, and it was not started`] : [];
  });
}

function findLostStarts(calls: readonly Call[], versions: readonly Version[]): string[] {
  return callsOf(calls, "start")
    .filter(isDone)
    .flatMap(({ run, answer: { version } }) => {
      const entry = versions.find((other) => other.run === run);
      if (!entry) return [`${run} was started as version ${version}, and it is not in the history`];
      return entry.version === version ? [] : [`${run} was started as version ${version}, and is ${entry.version}`];
    });
}

/** An import that is sent again after a lost answer may be made again. */
function findLostImports(calls: readonly Call[], versions: readonly Version[]): string[] {
  const imports = callsOf(calls, "import");
  const made = versions.filter(({ run }) => run === "");
  const texts = new Set([...imports.map(({ state }) => textOf(state)), ...made.map(({ final }) => textOf(final))]);
  return [...texts].flatMap((text) => {
    const attempts = imports.filter(({ state }) => textOf(state) === text);
    const least = attempts.some(isDone) ? 1 : 0;
    const most = attempts.filter(({ result }) => result !== "refused").length;
    const count = made.filter(({ final }) => textOf(final) === text).length;
    return count < least || count > most ? [`the import of ${text} is ${count} times in its history`] : [];
  });
}

function findWrongResults(calls: readonly Call[], versions: readonly Version[]): string[] {
  return versions.flatMap(({ run, result }) => {
    const completed = callsOf(calls, "complete").find((call) => call.run === run && isDone(call));
    const cancelled = callsOf(calls, "cancel").some((call) => call.run === run && isDone(call));
    if (completed && cancelled) return [`${run} was told that it has ended, and another client that it was cancelled`];
    const wanted = completed ? completed.status : cancelled ? "failed" : result;
    return result === wanted ? [] : [`${run} has ended as ${wanted}, and its history says ${result}`];
  });
}

function findDisordered(calls: readonly Call[]): string[] {
  const starts = callsOf(calls, "start").filter(isDone);
  return starts.flatMap((before) =>
    starts
      .filter((after) => after.sent > before.ended && after.answer.version <= before.answer.version)
      .map((after) => `${after.run} started after ${before.run}, and its version is not higher`),
  );
}

export const textOf = (state: State | undefined) => (state ? `[${state.names.join(" ")}]` : "nothing");

export const sameNames = (one: State | undefined, other: State | undefined) => textOf(one) === textOf(other);
