import { type Call, callsOf, groupBy, isDone, type State } from "../history.ts";
import { sameNames, textOf, type Version } from "./versions.ts";

type Read = Call<"read"> & { answer: State };
type Write = Call<"save"> | Call<"add">;

/** Invariant 5, of states: each is made of all that was acknowledged, and of nothing else than what was sent, each write as a whole. */
export function findBrokenStates(calls: readonly Call[], versions: readonly Version[]): string[] {
  const reads = callsOf(calls, "read").filter(isDone);
  const writes = groupBy(callsOf(calls, "save", "add"), ({ run }) => run);
  const unread = versions
    .filter(({ final }) => !final)
    .map(({ version }) => `the state of version ${version} was not read`);
  const broken = reads.filter((read) => {
    const earlier = reads.filter(({ ended }) => ended < read.sent);
    return !possible(read, versions).some((version) => {
      if (version.run === "") return sameNames(read.answer, version.final);
      const base = versions.find((other) => other.version === version.version - 1)?.final;
      return isMade({ read, earlier, base: base ?? { names: [] }, writes: writes.get(version.run) ?? [] });
    });
  });
  return [...unread, ...broken.map((read) => describe(read, calls, versions))];
}

const none: Version = { version: 0, run: "", result: "", final: { names: [] }, from: 0, known: 0 };

/** The versions that a reading may be of. */
function possible({ version, sent, ended }: Read, versions: readonly Version[]): Version[] {
  const all = [none, ...versions];
  if (version !== undefined) return all.filter((other) => other.version === version);
  const least = Math.max(...all.filter(({ known }) => known < sent).map((other) => other.version));
  return all.filter((other) => other.version >= least && other.from < ended);
}

/** A reading of an update's state, with those before it, the state that the update began with, and what it sent. */
interface Reading {
  read: Read;
  earlier: readonly Read[];
  base: State;
  writes: readonly Write[];
}

function isMade(reading: Reading): boolean {
  return reading.writes.some((write) => write.do === "add") ? isMadeOf(reading) : isOneOf(reading);
}

/** Of whole states it is the last one that was acknowledged, or one that was sent after it. */
function isOneOf(reading: Reading): boolean {
  const { answer } = reading.read;
  const sent = allSent(reading);
  const must = Math.max(0, ...sent.filter((write) => isKnown(write, reading)).map(({ number }) => number));
  const may = sent.flatMap((write) => (write.do === "save" && write.number >= must ? [write.state] : []));
  return [...(must === 0 ? [reading.base] : []), ...may].some(
    (state) => sameNames(state, answer) && (state.sha256 === undefined || state.sha256 === (answer.sha256 ?? "")),
  );
}

/** Of a journal it is the base, with all entries that were acknowledged, and others that were sent with all that came with them. */
function isMadeOf(reading: Reading): boolean {
  const { answer } = reading.read;
  const has = new Set(answer.names);
  const sent = allSent(reading).flatMap((write) => (write.do === "add" ? [write] : []));
  const isWhole = sent.every(({ names }) => new Set(names.map((name) => has.has(name))).size === 1);
  const must = sent.filter((write) => isKnown(write, reading)).flatMap(({ names }) => names);
  const may = new Set([...reading.base.names, ...sent.flatMap(({ names }) => names)]);
  const isAll = [...reading.base.names, ...must].every((name) => has.has(name));
  return isWhole && isAll && answer.names.every((name) => may.has(name)) && has.size === answer.names.length;
}

/** What may have been written before the reading's answer. Of what was sent again, one may have been and the others refused. */
function allSent({ read, writes }: Reading): Write[] {
  const accepted = new Set(writes.filter(({ result }) => result !== "refused").map(({ number }) => number));
  return writes.filter(({ sent, number }) => sent < read.ended && accepted.has(number));
}

/** Whether it was acknowledged before the reading, or an earlier reading has shown it. */
function isKnown(write: Write, { read, earlier, writes }: Reading): boolean {
  if (writes.some((other) => other.number === write.number && isDone(other) && other.ended < read.sent)) return true;
  return earlier.some(({ answer }) =>
    write.do === "save" ? sameNames(write.state, answer) : write.names.every((name) => answer.names.includes(name)),
  );
}

function describe(read: Read, calls: readonly Call[], versions: readonly Version[]): string {
  const of = read.version === undefined ? "the newest state" : `the state of version ${read.version}`;
  const runs = possible(read, versions).map(({ run, version }) => `${version} ${run}`);
  const known = callsOf(calls, "save", "add")
    .filter((write) => isDone(write) && write.ended < read.sent)
    .at(-1);
  const last = known && `${known.run} number ${known.number}`;
  return `${of} was read as ${textOf(read.answer)}, which the writes of ${runs.join(", ")} don't make; the last one acknowledged was ${last}`;
}
