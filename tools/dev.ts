// npm run dev: builds the server and the command line and starts `quillon server`. When a source file changes, it does both
// again.
import { join } from "node:path";
import { type BuildOptions, context, type Plugin } from "esbuild";
import { cliBundle, serverBundle } from "./bundles.ts";
import { DevServer } from "./dev/server.ts";
import { repositoryDir } from "./repository.ts";

/** What is built and watched. The console is not: Vite serves its pages while they are edited (`npx vite packages/console`). */
const bundles = [serverBundle, cliBundle];

/** The developer's own QUILLON_* variables win. */
const defaults = {
  QUILLON_DATA: join(repositoryDir, ".cache", "dev"),
  QUILLON_LISTEN: "127.0.0.1:8080",
  QUILLON_BOOTSTRAP_TOKEN: "quillon-dev-token-0123456789abcdef0123456789",
};

export async function main(): Promise<void> {
  const env = { ...defaults, ...process.env };
  console.log(
    [
      `dev: the data is in ${env.QUILLON_DATA}. To log in, in another terminal:`,
      `  PULUMI_ACCESS_TOKEN=${env.QUILLON_BOOTSTRAP_TOKEN} pulumi login http://${env.QUILLON_LISTEN}`,
    ].join("\n"),
  );
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  const server = new DevServer(env);
  const notBuilt = new Set(bundles);
  const built = (bundle: BuildOptions, good: boolean) => {
    if (good) notBuilt.delete(bundle);
    else notBuilt.add(bundle);
    if (notBuilt.size === 0) void server.restartSoon();
  };
  const contexts = await Promise.all(bundles.map((bundle) => context(reporting(bundle, built))));
  for (const watched of contexts) await watched.watch();
  await interrupted;
  await Promise.all(contexts.map((watched) => watched.dispose()));
  await server.stop();
}

/** The bundle, with a call after each build that says whether it went well. esbuild prints the errors itself. */
function reporting(bundle: BuildOptions, built: (bundle: BuildOptions, good: boolean) => void): BuildOptions {
  const plugin: Plugin = {
    name: "report",
    setup({ onEnd }) {
      onEnd(({ errors }) => built(bundle, errors.length === 0));
    },
  };
  return { ...bundle, plugins: [...(bundle.plugins ?? []), plugin] };
}
