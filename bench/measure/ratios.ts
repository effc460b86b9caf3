// Measures two things alternately, A B A B …, so that a machine whose speed changes affects both. The ratio of each pair is
// what counts.

export interface Pair<T> {
  a: T;
  b: T;
}

/** Runs `a` and `b` alternately. Each returns its own figure. The first `warmup` pairs are dropped. */
export async function pairs<T>(
  a: () => Promise<T>,
  b: () => Promise<T>,
  { count, warmup = 1 }: { count: number; warmup?: number },
): Promise<Pair<T>[]> {
  const figures: Pair<T>[] = [];
  for (let round = -warmup; round < count; round += 1) {
    const pair = { a: await a(), b: await b() };
    if (round >= 0) figures.push(pair);
  }
  return figures;
}

export interface Spread {
  min: number;
  median: number;
  p90: number;
  max: number;
}

export function spread(values: number[]): Spread {
  const sorted = values.toSorted((x, y) => x - y);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { min: at(0), median: at(0.5), p90: at(0.9), max: at(1) };
}

export function median(values: number[]): number {
  return spread(values).median;
}

/** Prints one line: name, median and spread. */
export function printLine(name: string, values: number[], unit: string, digits = 0): void {
  const { min, median, p90, max } = spread(values);
  const show = (value: number) => value.toFixed(digits);
  console.log(
    `${name.padEnd(34)} ${show(median).padStart(8)} ${unit}   (min ${show(min)}, p90 ${show(p90)}, max ${show(max)})`,
  );
}

/** Prints three lines: the figures of both, and the ratios a ÷ b. */
export function printPairs(names: Pair<string>, figures: Pair<number>[], unit: string): void {
  const all = (pick: (pair: Pair<number>) => number) => figures.map(pick);
  printLine(
    names.a,
    all(({ a }) => a),
    unit,
  );
  printLine(
    names.b,
    all(({ b }) => b),
    unit,
  );
  printLine(
    "ratio of each pair",
    all(({ a, b }) => a / b),
    "× ",
    2,
  );
}

/** Milliseconds that the work takes. */
export async function time(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
