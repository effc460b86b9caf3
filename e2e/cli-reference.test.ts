import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repositoryDir } from "../tools/repository.ts";
import { newerCli } from "../tools/toolchain/clis.ts";
import { writeFiles } from "./harness/files.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// docs/reference/cli.md against the newest CLI: every command has a row, and those that are not here print what it says.

/** A row of the page. A command that ends with `…` stands for all below it. */
interface Row {
  commands: string[];
  here: string;
  /** The last code of the note: the route that is missing, or what is printed. */
  prints: string;
}

/** What `pulumi generate-cli-spec` prints of a command. A menu has commands below it. */
interface Spec {
  commands?: Record<string, Spec>;
}

const rows = readFileSync(join(repositoryDir, "docs/reference/cli.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line): Row => {
    const [, commands = "", here = "", note = ""] = line.split("|").map((cell) => cell.trim());
    return { commands: codeOf(commands), here, prints: codeOf(note).at(-1) ?? "" };
  });

const lines = readFileSync(join(repositoryDir, "e2e/fixtures/cli-not-here.txt"), "utf8").trim().split("\n");

function codeOf(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

/** The row of a command, or of a command line, whose command is the longest that it starts with. */
function rowOf(line: string): Row | undefined {
  const names = rows.flatMap(({ commands }) => commands).sort((a, b) => b.length - a.length);
  const name = names.find((one) => `${line} `.startsWith(`${one.replace("…", "").trim()} `));
  return rows.find(({ commands }) => name !== undefined && commands.includes(name));
}

/** The commands that the newest CLI does not have. */
const onlyOlder = [["watch"], ["ai web"], ["deployment settings pull"], ["package delete"]];

/** What the CLI has for its own developers, or hides unless it is asked for. */
const hidden =
  /^(help|generate-cli-spec|gen-markdown|convert-trace|view-trace|replay-events|events filter|neo acp|package (pack|publish)-sdk)$/;

/** Every command by its name, and whether it has others below it. */
function commandsOf(spec: Spec, path: string[] = []): { name: string; isMenu: boolean }[] {
  const children = Object.entries(spec.commands ?? {});
  const below = children.flatMap(([name, child]) => commandsOf(child, [...path, name]));
  return [{ name: path.join(" "), isMenu: children.length > 0 }, ...below];
}

describe.skipIf(!hasPulumi(newerCli))(`docs/reference/cli.md and CLI ${newerCli.version}`, () => {
  let world: World;
  let terminal: Terminal;

  beforeAll(async () => {
    world = await openWorld();
    const dir = program(world, "pets", "");
    writeFiles(dir, { "role.json": "{}", "readme.md": "A package." });
    const experimental = { PULUMI_EXPERIMENTAL: "true" };
    terminal = withPulumi(newerCli, world.admin).in(dir).with(experimental);
    await terminal.ok(`pulumi login ${world.server.url}`);
    await terminal.ok("pulumi stack init acme/dev");
  });

  afterAll(() => world.close());

  test("the page has a row for each command, and few for what only older CLIs have", async () => {
    const commands = commandsOf(await terminal.json<Spec>("pulumi generate-cli-spec 2>/dev/null"));
    const isIn = (row: Row, name: string) =>
      row.commands.some((one) => one === name || (one.endsWith("…") && name.startsWith(one.slice(0, -1))));
    const unnamed = commands.filter(
      ({ name, isMenu }) => !isMenu && !hidden.test(name) && !rows.some((row) => isIn(row, name)),
    );
    expect(unnamed).toEqual([]);
    const gone = rows.filter((row) => !commands.some(({ name }) => isIn(row, name)));
    expect(gone.map((row) => row.commands)).toEqual(onlyOlder);
  });

  test("the page says no for the commands that are tried here, and for no others", () => {
    expect(lines.filter((line) => rowOf(line)?.here !== "no")).toEqual([]);
    const tried = new Set(lines.map(rowOf));
    const untried = rows.filter((row) => row.here === "no" && !tried.has(row)).map(({ commands }) => commands);
    expect(onlyOlder).toEqual(expect.arrayContaining(untried));
  });

  test.each(lines)("pulumi %s prints what the page says", async (line) => {
    const { all } = await terminal.run(`pulumi ${line}`);
    const prints = rowOf(line)?.prints ?? "";
    const isRoute = /^[A-Z]+ \//.test(prints);
    expect(all).toContain(
      isRoute ? `There is no ${prints} on this server. A Pulumi CLI command that calls it` : prints,
    );
  });
});
