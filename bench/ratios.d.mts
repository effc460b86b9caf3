export function pairs<A, B>(
  a: () => Promise<A> | A,
  b: () => Promise<B> | B,
  options: { count: number; warmup?: number },
): Promise<{ a: A; b: B }[]>;
export function spread(values: number[]): { min: number; median: number; p90: number; max: number };
export function line(name: string, values: number[], unit: string, digits?: number): string;
