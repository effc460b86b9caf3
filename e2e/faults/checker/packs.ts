import { type Call, callsOf, groupBy, isDone } from "../history.ts";

/** Invariants 1, 2 and 5, of packs: a version that was published is there, for ever with the same bytes, and its number is its own. */
export function findBrokenPacks(history: readonly Call[]): string[] {
  const downloads = callsOf(history, "download").filter(isDone);
  const named = groupBy([...downloads, ...callsOf(history, "publish")], ({ pack, tag }) => `${pack}@${tag}`);
  const broken = [...named].flatMap(([name, calls]) => {
    const publishes = callsOf(calls, "publish");
    const reads = callsOf(calls, "download").filter(isDone);
    const known = Math.min(...publishes.filter(isDone).map(({ ended }) => ended), ...firstSeen(reads));
    const found = [...new Set(reads.map(({ answer }) => answer).filter((answer) => answer !== null))];
    return [
      ...(reads.some(({ sent, answer }) => sent > known && answer === null) ? ["was published, and is not there"] : []),
      ...(found.length > 1 ? [`had ${found.length} archives`] : []),
      ...(found.some((sha256) => !publishes.some((sent) => sent.sha256 === sha256 && sent.result !== "refused"))
        ? ["has an archive that nobody published"]
        : []),
      ...(reads.length === 0 ? ["was not read"] : []),
    ].map((sentence) => `${name} ${sentence}`);
  });
  return [...broken, ...callsOf(history, "versions").filter(isDone).flatMap(findDoubled)];
}

const firstSeen = (reads: readonly Call<"download">[]) =>
  reads.filter(({ answer }) => typeof answer === "string").map(({ ended }) => ended);

function findDoubled({ pack, answer = [] }: Call<"versions">): string[] {
  const doubled = (of: (string | number)[]) => of.filter((one, index) => of.indexOf(one) !== index);
  return [...doubled(answer.map(({ version }) => version)), ...doubled(answer.map(({ tag }) => tag))].map(
    (twice) => `${pack} has two versions ${twice}`,
  );
}

/** Invariants 3 and 5: an update must run what is enabled when it is created, and its receipt says the same. */
export function findBrokenRequirements(history: readonly Call[]): string[] {
  const packs = groupBy(callsOf(history, "enable"), ({ pack }) => pack);
  const creates = callsOf(history, "create").filter(isDone);
  const wrong = creates.flatMap(({ run, sent, ended, answer }) =>
    [...packs].flatMap(([pack, enables]) => {
      const last = enables.filter((call) => isDone(call) && call.ended < sent).at(-1);
      const may = enables.filter((call) => call.sent >= (last?.sent ?? 0) && call.sent < ended);
      const allowed = may.filter(({ result }) => result !== "refused").map(({ tag }) => `${pack}@${tag}`);
      const found = answer.filter((required) => required.startsWith(`${pack}@`));
      if (found.length === 0 && !last) return [];
      const isRight = found.length === 1 && allowed.includes(found[0] ?? "");
      return isRight ? [] : [`${run} must run ${found.join(", ") || `no ${pack}`}, and enabled was ${allowed}`];
    }),
  );
  const changed = callsOf(history, "receipt")
    .filter(isDone)
    .flatMap(({ run, answer }) => {
      const created = creates.filter((call) => call.run === run).map((call) => [...call.answer].sort().join());
      if (answer === null || created.includes([...answer].sort().join())) return [];
      return [`${run} was created with ${created.join(" or ")}, and its receipt says ${answer}`];
    });
  return [...wrong, ...changed];
}
