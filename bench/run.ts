// npm run bench lists the benchmarks, `npm run bench -- NAME` runs one. Each runs what it is compared with in the same run,
// and prints ratios.
import { readdirSync } from "node:fs";

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".ts") && file !== "run.ts")
  .map((file) => file.replace(/\.ts$/, ""));

export async function main([name = "", ...args]: string[]): Promise<void> {
  if (!names.includes(name)) {
    console.log(`Benchmarks: ${names.join(", ")}. Run one with: npm run bench -- NAME`);
    return;
  }
  const benchmark: { main(args: string[]): Promise<void> } = await import(`./${name}.ts`);
  await benchmark.main(args);
}
