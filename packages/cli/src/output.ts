import { JsonText } from "@quillon/contract/client";
import type { Command } from "commander";
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

/** Prints one thing: as JSON with `--json`, otherwise a fact on each line. Facts without a value are left out. */
export function printFacts({ json }: JsonOption, item: unknown, facts: Record<string, string | undefined>): void {
  const given = Object.entries(facts).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  const width = Math.max(0, ...given.map(([name]) => name.length + 1));
  const lines = given.map(([name, value]) => `${`${name}:`.padEnd(width)}  ${value}\n`);
  process.stdout.write(json ? asJson(item) : lines.join(""));
}

/** Says what a command has done. On stderr, because stdout is for what was asked for. */
export function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

/** Numbers are printed as they came. */
function asJson(value: unknown): string {
  return `${JsonText.stringify(value, "  ")}\n`;
}
