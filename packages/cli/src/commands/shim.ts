import { resolve } from "node:path";
import { Command, Option } from "commander";
import { say } from "../output.ts";
import { forShell } from "../shell-word.ts";
import { realPulumi, writeShim } from "../shim/write-shim.ts";

interface Options {
  pulumi?: string;
  org?: string;
  exec?: true;
}

const MORE = `
Writes an executable pulumi into DIR, which runs \`quillon run -- pulumi …\` with its arguments, and prints the line that puts DIR first on the
PATH. Then whatever calls pulumi is guarded: scripts, pulumi/actions, programs of the Automation API. In GitHub Actions DIR is added to
$GITHUB_PATH, too, for the steps that follow. To undo it, remove the file.`;

/** `quillon shim`. */
export function shimCommand(): Command {
  return (
    new Command("shim")
      .argument("<dir>", "the folder; it is made if it is not there")
      .argument("[args...]")
      .usage("[options] <dir>")
      .configureHelp({ visibleArguments: ({ registeredArguments: [dir] }) => (dir ? [dir] : []) })
      .option("--pulumi <path>", "the Pulumi CLI (default: the first on the PATH, looked for at each call)")
      .option("--org <org>", "the organization (default: your default one)")
      // What the file that it writes calls.
      .addOption(new Option("--exec").hideHelp())
      .addHelpText("after", MORE)
      .action(shim)
  );
}

async function shim(dir: string, args: string[], options: Options): Promise<void> {
  if (options.exec) return execute(dir, args, options);
  // An empty name would be the folder of now: a variable that is not set.
  if (args.length > 0 || dir.trim() === "") throw new Error("Name one folder.");
  const quillon = resolve(process.argv[1] ?? "");
  const written = await writeShim({ ...options, dir, quillon, env: process.env });
  say(`${written.file} is a guarded pulumi now. It calls ${written.pulumi}.`);
  if (written.isOnGithubPath) say("The steps that follow have it first on their PATH.");
  const line =
    process.platform === "win32" ? `set "PATH=${written.dir};%PATH%"` : `export PATH=${forShell(written.dir)}:"$PATH"`;
  process.stdout.write(`${line}\n`);
}

/** How many guarded ones are around this one: a program that is run by `pulumi up` may run another `pulumi up`. */
const DEPTH = "QUILLON_SHIM_DEPTH";
const DEEPEST = 8;

async function execute(dir: string, args: readonly string[], { pulumi, org }: Options): Promise<void> {
  const { env } = process;
  const real = realPulumi(dir, pulumi, env.PATH ?? "");
  const depth = Number(env[DEPTH] ?? 0);
  if (depth >= DEEPEST)
    throw new Error(
      `${real} calls pulumi again and again, which is the guarded one. Name the Pulumi CLI: quillon shim --pulumi PATH ${dir}.`,
    );
  env[DEPTH] = String(depth + 1);
  const { runCommand } = await import("./run.ts");
  await runCommand().parseAsync([...(org === undefined ? [] : ["--org", org]), "--", real, ...args], { from: "user" });
}
