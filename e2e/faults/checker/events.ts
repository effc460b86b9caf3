import { type Call, callsOf, groupBy, isDone } from "../history.ts";

/** Invariant 5, of events: each that was acknowledged is there once, each batch as a whole, and nothing else is. */
export function findBrokenEvents(calls: readonly Call[]): string[] {
  return callsOf(calls, "read events")
    .filter(isDone)
    .flatMap(({ run, answer, sent, ended }) => {
      const batches = groupBy(
        callsOf(calls, "events").filter((batch) => batch.run === run && batch.sent < ended),
        ({ numbers }) => numbers.join(),
      );
      const may = new Set<number>();
      const lost: number[] = [];
      const broken: string[] = [];
      for (const attempts of batches.values()) {
        const numbers = attempts[0]?.numbers ?? [];
        if (attempts.some(({ result }) => result !== "refused")) for (const number of numbers) may.add(number);
        const there = numbers.filter((number) => answer.includes(number));
        const must = attempts.some((batch) => isDone(batch) && batch.ended < sent);
        if (must) lost.push(...numbers.filter((number) => !answer.includes(number)));
        else if (there.length > 0 && there.length < numbers.length) broken.push(`of ${numbers} only ${there} is there`);
      }
      const foreign = answer.filter((number) => !may.has(number));
      const twice = answer.filter((number, index) => answer.indexOf(number) !== index);
      return [
        ...broken,
        ...(lost.length > 0 ? [`${lost} were acknowledged, and are lost`] : []),
        ...(foreign.length > 0 ? [`${foreign} are there, and were not accepted`] : []),
        ...(twice.length > 0 ? [`${twice} are there twice`] : []),
      ].map((sentence) => `of the events of ${run}, ${sentence}`);
    });
}
