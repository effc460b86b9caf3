// Goes into bundles that keep their own SDK, as the file that the engine's launchers start. It does what Pulumi's runner does:
// https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/nodejs/cmd/run-policy-pack/run.ts
import { createRequire } from "node:module";
import { resolve } from "node:path";

process.setSourceMapsEnabled(true);
for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 1;
  });
}
const words = process.argv
  .slice(2)
  .filter((word, index, all) => !word.startsWith("-") && all[index - 1] !== "--tracing");
const directory = resolve(words[1] ?? ".");
process.argv.splice(2, Number.POSITIVE_INFINITY, ...words.slice(2));
const loaded: unknown = createRequire(`${directory}/package.json`)(directory);
if (typeof loaded === "function") loaded();
