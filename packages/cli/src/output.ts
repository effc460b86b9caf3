import { JsonText } from "@quillon/contract/client";
import { visible } from "@quillon/report/visible";
import { type Command, Option } from "commander";
import { formatTable } from "./format-table.ts";

export interface JsonOption {
  json?: true;
}

export function withJson(command: Command): Command {
  return command.option("--json", "print JSON");
}

/** Prints what a command has read: as JSON with `--json`, otherwise as a table. */
export function printTable<T>(
  { json }: JsonOption,
  items: readonly T[],
  headings: readonly string[],
  row: (item: T) => readonly string[],
): void {
  process.stdout.write(json ? asJson(items) : formatTable(headings, items.map(row)));
}

/** The option with which the Pulumi CLI is asked for JSON, beside ours. */
export interface OutputOption extends JsonOption {
  output?: "default" | "json";
}

/** For commands that the Pulumi CLI has, too, so that what people type for it works here. */
export function withOutput(command: Command): Command {
  const output = new Option("--output <format>", "json is the same as --json").choices(["default", "json"]);
  return withJson(command).addOption(output);
}

export function wantsJson({ json, output }: OutputOption): JsonOption {
  return json || output === "json" ? { json: true } : {};
}

/** Prints one thing: as JSON with `--json`, otherwise a fact on each line. Facts without a value are left out. */
export function printFacts({ json }: JsonOption, item: unknown, facts: Record<string, string | undefined>): void {
  const given = Object.entries(facts).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  const width = Math.max(0, ...given.map(([name]) => name.length + 1));
  const indent = " ".repeat(width + 2);
  const lines = given.map(
    ([name, value]) => `${`${name}:`.padEnd(width)}  ${visible(value).replaceAll("\n", `\n${indent}`)}\n`,
  );
  process.stdout.write(json ? asJson(item) : lines.join(""));
}

/**
 * Asks before something is changed, in a terminal.
 *
 * @param unasked what is said when nobody can be asked; without it, that counts as yes.
 * @throws Error when the answer is not yes.
 */
export async function confirm(yes: boolean | undefined, question: string, unasked?: string): Promise<void> {
  if (yes) return;
  if (!isTerminal()) {
    if (unasked === undefined) return;
    throw new Error(unasked);
  }
  if (!/^y(es)?$/i.test(await ask(`${question} (y/N) `))) throw new Error("Nothing was changed.");
}

/** Asks something in a terminal, on stderr. */
export async function ask(question: string): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(question);
  lines.close();
  return answer.trim();
}

/** Whether somebody can be asked. */
export function isTerminal(): boolean {
  return Boolean(process.stdin.isTTY && process.stderr.isTTY);
}

/** Says what a command has done. On stderr, because stdout is for what was asked for. */
export function say(sentence: string): void {
  process.stderr.write(`${visible(sentence)}\n`);
}

/**
 * Numbers are printed as they came, and characters that JSON allows, but a terminal obeys, or that turn the direction of what follows, are
 * escaped.
 */
export function asJson(value: unknown): string {
  return `${escaped(JsonText.stringify(value, "  "))}\n`;
}

/** The same on one line. */
export function asJsonLine(value: unknown): string {
  return `${escaped(JsonText.stringify(value))}\n`;
}

function escaped(json: string): string {
  return json.replace(OBEYED, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const OBEYED = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;
