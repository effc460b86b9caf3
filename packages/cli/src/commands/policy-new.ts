import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { installCommands } from "@quillon/runner";
import { Command } from "commander";
import { descriptionOf, ourTemplates, type Template, withTemplate } from "../new-pack/find-template.ts";
import { installPack } from "../new-pack/install-pack.ts";
import { nameInCode, packFilesOf, packNameOf } from "../new-pack/pack-files.ts";
import { packedSdk } from "../new-pack/packed-sdk.ts";
import { requireRoom, writeFiles } from "../new-pack/write-files.ts";
import { ask, isTerminal, say } from "../output.ts";
import { shellWord } from "../shell-word.ts";
import { printCoverage } from "../test-pack/coverage.ts";
import { testPack } from "../test-pack/test-pack.ts";

interface Options {
  dir?: string;
  force?: true;
  generateOnly?: true;
  offline?: true;
}

/** `quillon policy new`. */
export function newCommand(): Command {
  return new Command("new")
    .description("make a policy pack from a template")
    .argument("[template|folder|url]", "one of the templates below, a folder, or the address of a Git repository")
    .option("--dir <folder>", "where to make it; the templates name the pack after it (default: here)")
    .option("-f, --force", "make it in a folder with files in it, and replace those that the template has, too")
    .option("-g, --generate-only", "do not install its dependencies")
    .option("-o, --offline", "install only what this machine has in the caches of npm or pip")
    .addHelpText("after", () => `\nTemplates:\n${list(ourTemplates()).join("\n")}`)
    .action(makeNewPack);
}

function list(templates: readonly Template[]): string[] {
  const width = Math.max(...templates.map(({ name }) => name.length));
  return templates.map((one) => `  ${one.name.padEnd(width)}  ${descriptionOf(one)}`);
}

async function makeNewPack(named: string | undefined, options: Options): Promise<void> {
  const directory = resolve(options.dir ?? ".");
  await withTemplate(named, options.offline ?? false, choose, async (template) => {
    const name = packNameOf(directory, template.name);
    const files = packFilesOf(template, name, packedSdk);
    requireRoom(directory, files, options.force ?? false);
    writeFiles(directory, files);
    say(`Made the policy pack ${nameInCode(files) ?? name} in ${directory}, from ${template.name}.`);
  });
  const { readProjectFile } = await import("@quillon/bundle");
  const project = readProjectFile(directory);
  if (options.generateOnly) {
    const commands = installCommands(project, (file) => existsSync(join(directory, file)));
    process.stdout.write(nextSteps(directory, commands));
    return;
  }
  say("Installing its dependencies…");
  await installPack(directory, project, options.offline ?? false);
  if (isTerminal() && !/^no?$/i.test(await ask("Run its first test? (Y/n) ")))
    printCoverage({}, await testPack(directory));
  process.stdout.write(nextSteps(directory));
}

/** @param install what installs the pack's dependencies, where that has not been done */
function nextSteps(directory: string, install: string[][] = []): string {
  const folder = shellWord(directory);
  const rows = [
    ...(resolve(".") === directory ? [] : [[`cd ${folder}`, ""]]),
    ...install.map((command) => [command.join(" "), "installs its dependencies"]),
    ["quillon policy test", "runs its tests"],
    ["quillon check state.json --policy-pack .", "holds it against what `pulumi stack export` wrote"],
    [`pulumi preview --policy-pack ${folder}`, "tries it on a program, in the program's folder"],
    ["quillon policy publish", "publishes it to your organization"],
  ];
  const width = Math.max(...rows.map(([command = ""]) => command.length));
  return `\nNext:\n${rows.map(([command = "", why]) => `  ${why ? `${command.padEnd(width)}  ${why}` : command}\n`).join("")}`;
}

/** Asks which one is meant. */
async function choose(templates: Template[]): Promise<Template> {
  const lines = list(templates);
  if (!isTerminal()) {
    const address = templates[0]?.address;
    const example = address === undefined ? "" : `\nFor example: quillon policy new ${shellWord(address)}`;
    throw new Error(`Say which template:\n${lines.join("\n")}${example}`);
  }
  say(lines.map((line, index) => `${String(index + 1).padStart(4)}${line}`).join("\n"));
  const answer = await ask("Which template (number or name)? ");
  const chosen = templates.find(({ name }, index) => answer === name || answer === String(index + 1));
  if (!chosen) throw new Error(`"${answer}" is none of them, and nothing was made.`);
  return chosen;
}
