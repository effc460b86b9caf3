import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  Analyzer,
  type AnalyzerInfo,
  descriptionOf,
  initialConfigOf,
  nodeCommand,
  PackFailed,
  startPack,
} from "@quillon/runner";
import { FILE, type Files, PROGRAM } from "./artifact.ts";
import { PackRefused } from "./problems.ts";
import { readProjectFile } from "./project-file.ts";
import { inTemporaryFolder } from "./temporary-folder.ts";

const MILLISECONDS = 300_000;

/** What Pulumi's runner says of an error that nothing catches. A pack that serves already goes on. */
const UNCAUGHT = /^error: \[runtime\] Running program .* failed with an unhandled exception:$/m;

interface MetadataOptions {
  command?: string[];
  env?: NodeJS.ProcessEnv;
  ending?: AbortSignal | undefined;
}

/** What starts a Node.js pack. @throws PackFailed with what installs it, when it is not installed. */
export function startCommand(directory: string): string[] {
  return nodeCommand(directory, readProjectFile(directory).options.packagemanager);
}

/** What a pack in a folder says of itself when it is started there. @throws PackFailed when it does not start or answer. */
export async function metadataOf(
  directory: string,
  { command = startCommand(directory), env = process.env, ending }: MetadataOptions = {},
): Promise<AnalyzerInfo> {
  const signal = AbortSignal.any([AbortSignal.timeout(MILLISECONDS), ...(ending ? [ending] : [])]);
  const pack = await startPack({ directory, command, env, signal });
  const analyzer = new Analyzer(pack.port);
  let info: AnalyzerInfo;
  try {
    info = await analyzer.info();
  } catch (error) {
    throw new PackFailed(`The policy pack does not say what it is: ${(error as Error).message}\n${pack.stderr()}`);
  } finally {
    analyzer.close();
    await pack.stop();
  }
  const found = UNCAUGHT.exec(pack.stderr());
  if (!found) return info;
  throw new PackFailed(
    `The policy pack's code fails after its PolicyPack is made, and each preview would say so:\n${pack.stderr().slice(found.index).trim()}`,
  );
}

/** The same of the files of an artifact. */
export function metadataOfFiles(
  files: Files,
  { ending, programs }: { ending?: AbortSignal; programs?: ReadonlySet<string> } = {},
): Promise<AnalyzerInfo> {
  return inFolder(files, (directory) => metadataOf(directory, { ending }), programs);
}

/** Writes the files of an artifact into a new folder, for as long as the work takes. @param programs those of them that can be run. */
export function inFolder<T>(
  files: Files,
  work: (directory: string) => Promise<T>,
  programs: ReadonlySet<string> = new Set(),
): Promise<T> {
  return inTemporaryFolder("quillon-bundle-", async (directory) => {
    for (const [path, content] of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content, { mode: programs.has(path) ? PROGRAM : FILE });
    }
    return work(directory);
  });
}

/** @throws PackRefused when a bundled pack says of itself what the pack as it is does not. */
export function compareMetadata(before: AnalyzerInfo, after: AnalyzerInfo): void {
  const [one, other] = [before, after].map(
    (info): Record<string, unknown> => ({ ...descriptionOf(info), initialConfig: initialConfigOf(info) }),
  );
  const different = Object.keys({ ...one, ...other }).filter((key) => !isDeepStrictEqual(one?.[key], other?.[key]));
  if (different.length === 0) return;
  throw new PackRefused(
    `Bundled, the policy pack describes itself differently, in ${different.join(", ")}. Publish it with --no-bundle.`,
    different.map((key) => ({ text: `${key}: ${JSON.stringify(one?.[key])} became ${JSON.stringify(other?.[key])}` })),
  );
}
