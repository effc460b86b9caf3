import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PulumiFailed } from "../scan/pulumi.ts";
import { backendSource } from "./backend.ts";
import { NotRead } from "./source.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quillon-backend-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const stack = { name: "organization/pets/dev", project: "pets", stack: "dev" };

/** A CLI that prints these texts, by the command. */
function sourceOf(prints: Record<string, string>) {
  const pulumi = async (args: readonly string[]) => {
    const [, text] = Object.entries(prints).find(([command]) => args.join(" ").startsWith(command)) ?? [];
    if (text === undefined) throw new PulumiFailed("It does not work.");
    return Buffer.from(text);
  };
  return backendSource(pulumi, { url: `file://${folder}`, known: "file:///states", folder });
}

const state = '{"version":3,"deployment":{"big":12345678901234567890}}';

test("a stack has its state and its tags, and is busy while it is locked", async () => {
  const source = sourceOf({ "stack export": state, "stack tag ls": '{"team":"pets"}' });
  const read = await source.read(stack);
  expect(read).toMatchObject({ tags: { team: "pets" }, state: { version: 3 } });
  expect([read.busy, String(read.state.deployment.big)]).toEqual([undefined, "12345678901234567890"]);
  const locks = join(folder, ".pulumi", "locks", "organization", "pets", "dev");
  mkdirSync(locks, { recursive: true });
  expect((await source.read(stack)).busy).toBeUndefined();
  writeFileSync(join(locks, "one.json"), "{}");
  expect((await source.read(stack)).busy).toBe("update");
});

test("tags that the CLI can't list are said, and a state that it can't print is of that stack", async () => {
  expect(await sourceOf({ "stack export": state }).read(stack)).toMatchObject({
    tags: {},
    tagsProblem: "It does not work.",
  });
  await expect(sourceOf({}).read(stack)).rejects.toThrow(new NotRead("It does not work."));
  for (const text of ["not JSON", "null", "{}"])
    await expect(sourceOf({ "stack export": text }).read(stack)).rejects.toThrow(NotRead);
});

test("a history is read to its end", async () => {
  expect(await sourceOf({ "stack history": '[{"kind":"update"}]' }).history(stack)).toEqual([{ kind: "update" }]);
  await expect(sourceOf({ "stack history": "{}" }).history(stack)).rejects.toThrow(NotRead);
});
