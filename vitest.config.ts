import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const sdk = "packages/sdk/src/**/*.test.ts";
const unit = {
  // Ends what hangs, and nothing that is slow: other tests run beside it.
  testTimeout: 600_000,
  hookTimeout: 600_000,
  maxWorkers: availableParallelism(),
  // The server's worker threads run from their source, and Vitest does not transform what a thread imports.
  execArgv: ["--import", new URL("tools/register-typescript.mjs", import.meta.url).href],
  sequence: { groupOrder: 1 },
};

export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    // By default a second, which a page or a server on a busy machine may need.
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "tools/**/*.test.ts"],
          exclude: [sdk],
          globalSetup: ["tools/test/worker-module.ts"],
          // Else half the time goes into loading the server again for each file.
          isolate: false,
          ...unit,
        },
      },
      // The SDK's modules hold what a pack's program has registered, and a program has its own process.
      { extends: true, test: { name: "unit-sdk", include: [sdk], ...unit } },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          globalSetup: ["e2e/harness/prepare.ts"],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          // Most of a file's time is one Pulumi CLI after another, which leaves a processor idle half of it.
          maxWorkers: Math.max(2, Math.ceil(availableParallelism() * 1.5)),
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
