import type { Command } from "commander";
import { expect, test } from "vitest";
import { examples } from "./examples.ts";
import { exitCodes } from "./exit-codes.ts";
import { programFor, wholeProgram } from "./program.ts";

const program = await wholeProgram();

/** The commands that do something, by what is typed for them. */
function leavesOf(command: Command, path: readonly string[] = []): [path: string, command: Command][] {
  const parts = command.commands.flatMap((part) => leavesOf(part, [...path, part.name()]));
  const name = path.join(" ");
  // `quillon run` and `quillon server` have commands of their own beside what they do.
  const does = parts.length === 0 || command.registeredArguments.length > 0 || name in examples;
  return does ? [[name, command], ...parts] : parts;
}

const leaves = leavesOf(program);

const everyOf = (command: Command): Command[] => [command, ...command.commands.flatMap(everyOf)];

function helpOf(command: Command): string {
  let help = "";
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  return help;
}

test.each(leaves)("quillon %s --help shows an example, with options that it has", (path, command) => {
  const [, shown = ""] = /^Examples?:\n((?: .*\n?)+)/m.exec(helpOf(command)) ?? [];
  const lines = shown.split("\n").filter((line) => line.includes(`quillon ${path}`));
  expect(lines).not.toEqual([]);
  const known = [...command.options.map(({ long }) => long), "--help"];
  for (const line of lines) {
    const [, typed = ""] = line.replaceAll(/'[^']*'|"[^"]*"/g, "").split(`quillon ${path}`);
    const given = [...typed.matchAll(/ (--[\w-]+)/g)].map(([, option]) => option);
    expect(given.filter((option) => !known.includes(option))).toEqual([]);
  }
});

test.each(leaves)("quillon %s --help says once with what it ends", (_, command) => {
  expect(helpOf(command).match(/^Ends with/gm)).toHaveLength(1);
});

test.each([
  [["run"], "error: missing required argument 'command'\nSee quillon run --help.\n"],
  [
    ["policy", "exception", "get"],
    "error: missing required argument 'exception-id'\nSee quillon policy exception get --help.\n",
  ],
  [["frobnicate"], "error: unknown command 'frobnicate'\nSee quillon --help.\n"],
])("quillon %j says where the help is", async (args, said) => {
  let error = "";
  const whole = await programFor(args);
  for (const command of everyOf(whole)) command.exitOverride().configureOutput({ writeErr: (text) => (error += text) });
  await expect(whole.parseAsync(args, { from: "user" })).rejects.toThrow();
  expect(error).toBe(said);
});

test("there is no example and no exit code of a command that does not exist", () => {
  const paths = new Set(leaves.map(([path]) => path));
  expect([...Object.keys(examples), ...Object.keys(exitCodes)].filter((path) => !paths.has(path))).toEqual([]);
});

test.each(leaves.filter(([, { options }]) => options.some(({ long }) => long === "--json")))(
  "quillon %s takes --output json as --json",
  (_, command) => {
    expect(command.options.find(({ long }) => long === "--output")?.argChoices).toContain("json");
  },
);

test("--output json is --json, and --output default is not", async () => {
  const jsonOf = async (...args: string[]) => {
    const whole = await programFor(["org"]);
    const list = whole.commands.find((one) => one.name() === "org")?.commands.find((one) => one.name() === "ls");
    let options = {};
    list?.action((given) => {
      options = given;
    });
    await whole.parseAsync(["org", "ls", ...args], { from: "user" });
    return (options as { json?: boolean }).json;
  };
  expect(await jsonOf("--output", "json")).toBe(true);
  expect(await jsonOf("--output", "default")).toBeUndefined();
  expect(await jsonOf()).toBeUndefined();
});

test.each([
  [["user", "add"], "user"],
  [["help", "user"], "user"],
  [["--help"], undefined],
  [["nothing"], undefined],
])("for %s one command is loaded, and all are listed", async (args, loaded) => {
  const { commands } = await programFor(args);
  expect(commands.filter((one) => one.commands.length > 0).map((one) => one.name())).toEqual(loaded ? [loaded] : []);
  expect(commands.map((one) => one.name())).toEqual(program.commands.map((one) => one.name()));
});
