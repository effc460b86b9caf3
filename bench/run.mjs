// `npm run bench` lists the benchmarks; `npm run bench -- NAME` runs one. Each runs its peer in the same run and prints ratios.
import { readdirSync } from "node:fs";

const folder = new URL(".", import.meta.url);
const names = readdirSync(folder).flatMap((file) => /^(?!run|ratios)(.+)\.mjs$/.exec(file)?.[1] ?? []);
const [name] = process.argv.slice(2);
if (names.includes(name)) await import(new URL(`${name}.mjs`, folder).href);
else console.log(`Benchmarks: ${names.join(", ")}. Run one with: npm run bench -- NAME`);
