// Times two things in turn, A B A B …, so that a machine whose speed drifts changes both; what counts is the ratio of each pair.

/** Runs `a` and `b` alternately. Each returns its own figure; the first `warmup` pairs are thrown away. */
export async function pairs(a, b, { count, warmup = 1 }) {
  const figures = [];
  for (let round = -warmup; round < count; round += 1) {
    const pair = { a: await a(), b: await b() };
    if (round >= 0) figures.push(pair);
  }
  return figures;
}

export function spread(values) {
  const sorted = [...values].sort((x, y) => x - y);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { min: sorted[0], median: at(0.5), p90: at(0.9), max: sorted.at(-1) };
}

/** One line: name, median and spread. */
export function line(name, values, unit, digits = 0) {
  const { min, median, p90, max } = spread(values);
  const show = (value) => value.toFixed(digits);
  return `${name.padEnd(34)} ${show(median).padStart(8)} ${unit}   (min ${show(min)}, p90 ${show(p90)}, max ${show(max)})`;
}
