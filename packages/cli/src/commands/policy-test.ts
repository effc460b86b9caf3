import { resolve } from "node:path";
import { Command } from "commander";
import { type JsonOption, say, withJson } from "../output.ts";
import { requirePackFolder } from "../pack-folder.ts";
import { missingOf, printCoverage } from "../test-pack/coverage.ts";
import { TestsFailed, testPack } from "../test-pack/test-pack.ts";

/** `quillon policy test`. */
export function testCommand(): Command {
  return withJson(new Command("test"))
    .description("run the tests of a policy pack, and say which policies they cover")
    .argument("[folder]", "the policy pack's (default: here)")
    .addHelpText(
      "after",
      `
Runs the script "test" of package.json, else \`node --test\`; in Python pytest where the pack has it, else unittest.`,
    )
    .action(runTests);
}

const NO_COVERAGE =
  "No test used the test kit of @quillon/policy, so it is not known which policies are covered, or whether any test ran.";

async function isForNode(directory: string): Promise<boolean> {
  const { readProjectFile } = await import("@quillon/bundle");
  return readProjectFile(directory).runtime === "nodejs";
}

async function runTests(folder: string | undefined, options: JsonOption): Promise<void> {
  const directory = requirePackFolder(resolve(folder ?? "."));
  try {
    const coverage = await testPack(directory);
    if (coverage.length > 0 || options.json) printCoverage(options, coverage);
    for (const sentence of missingOf(coverage)) say(sentence);
    if (coverage.length === 0 && (await isForNode(directory))) say(NO_COVERAGE);
  } catch (error) {
    if (!(error instanceof TestsFailed)) throw error;
    say(error.message);
    process.exitCode = 2;
  }
}
