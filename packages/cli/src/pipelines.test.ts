import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { wholeProgram } from "./program.ts";

const folder = fileURLToPath(new URL("../../../examples/pipelines", import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yml"));
const program = await wholeProgram();

const commandsIn = (file: string) => linesOf(parse(readFileSync(`${folder}/${file}`, "utf8")));

/** The lines of all scripts in a pipeline that begin with `quillon`. */
function linesOf(value: unknown): string[] {
  if (typeof value === "string") return value.split("\n").filter((line) => line.startsWith("quillon "));
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(linesOf) : [];
}

/** What is wrong with a command, as somebody who types it is told. */
function problemOf(line: string): string | undefined {
  let command: Command = program;
  const words = line.split(/\s+/).slice(1);
  while (command.commands.length > 0) {
    const name = words.shift();
    const next = command.commands.find((one) => one.name() === name || one.aliases().includes(name ?? ""));
    if (!next) return `${command.name()} has no command ${name}`;
    command = next;
  }
  const { operands, unknown } = command.parseOptions(words);
  if (unknown.length > 0) return `${command.name()} has no option ${unknown[0]}`;
  const arguments_ = command.registeredArguments;
  if (operands.length > arguments_.length) return `${command.name()} takes no ${operands.at(-1)}`;
  const missing = arguments_.find(({ required }, index) => required && operands[index] === undefined);
  return missing && `${command.name()} needs ${missing.name()}`;
}

test.each(files)("each command of quillon in %s exists, with its options and arguments", (file) => {
  const lines = commandsIn(file);
  expect(lines).not.toEqual([]);
  expect(lines.filter((line) => problemOf(line))).toEqual([]);
});

test.each(["github", "gitlab", "azure"])("%s tests and publishes a pack, shows results and verifies", (system) => {
  const did = (file: string) => new Set(commandsIn(`${system}/${file}`).map((line) => line.split(" ", 3).join(" ")));
  expect([...did("pack.yml")]).toEqual(["quillon policy test", "quillon policy publish"]);
  expect([...did("deploy.yml")].toSorted()).toEqual(["quillon results web/prod", "quillon verify --stack"]);
});

test.each([
  ["quillon policy tets", "policy has no command tets"],
  ["quillon verify --stacks acme/web/prod", "verify has no option --stacks"],
  ["quillon policy test a b", "test takes no b"],
  ["quillon group why", "why needs stack"],
])("%s is found out", (line, problem) => {
  expect(problemOf(line)).toBe(problem);
});
