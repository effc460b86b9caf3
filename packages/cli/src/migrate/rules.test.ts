import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isWanted } from "./filter.ts";
import { leftOf } from "./left.ts";
import type { MovedStack } from "./move.ts";
import { referencesIn } from "./references.ts";
import { tagsToMove } from "./tags.ts";
import { makeFolder } from "./write-files.ts";

test.each([
  ["old/net/prod", { becomes: "acme/net/prod", isThere: true }],
  ["organization/net/dev", { becomes: "acme/net/dev", isThere: false }],
  ["acme/net/prod", undefined],
  ["net/prod", undefined],
  ["prod", undefined],
])("a program that reads %s", (name, expected) => {
  const found = referencesIn(
    [{ project: "web", stack: "prod", references: [name] }],
    "acme",
    (one) => one === "net/prod",
  );
  expect(found).toEqual(expected ? [{ stack: "web/prod", name, ...expected }] : []);
});

test.each([
  [{}, true],
  [{ projects: ["web"] }, true],
  [{ projects: ["net"] }, false],
  [{ stacks: ["prod"] }, true],
  [{ stacks: ["dev", "web/prod"] }, true],
  [{ stacks: ["net/prod"] }, false],
  [{ projects: ["net"], stacks: ["prod"] }, false],
])("web/prod with %j is wanted: %s", (filter, expected) => {
  expect(isWanted({ name: "", project: "web", stack: "prod" }, filter)).toBe(expected);
});

test("tags come along but those that Quillon does not take, and the mark of another move", () => {
  const tags = {
    team: "web",
    "pulumi:project": "web",
    "a/b": "1",
    long: "x".repeat(257),
    "quillon:moved-from": "moved",
  };
  expect(tagsToMove(tags)).toEqual({ tags: { team: "web", "pulumi:project": "web" }, left: ["a/b", "long"] });
  const many = Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`t${at}`, "x"]));
  expect(tagsToMove(many).left).toEqual(["t199", "t200"]);
});

const stack: MovedStack = {
  ...{ from: "old/web/prod", project: "web", stack: "prod", status: "moved", secrets: "none" },
  ...{ resources: 1, references: [], tagsLeft: [], secretConfig: [] },
};

test.each<[what: string, more: Partial<MovedStack>, said: RegExp]>([
  [
    "secrets in its configuration",
    { secretConfig: ["web:password"] },
    /secrets in Pulumi\.prod\.yaml.*: web:password$/,
  ],
  ["an environment", { environment: "web/prod" }, /environment web\/prod$/],
  ["tags", { tagsLeft: ["a/b"] }, /^tags .*: a\/b$/],
  ["a KMS", { secrets: "kept", provider: "awskms" }, /by awskms$/],
])("what does not come along of a stack with %s", (_, more, said) => {
  const [left, ...rest] = leftOf("service", [{ ...stack, ...more }]).filter((one) => one.stack !== undefined);
  expect(left).toMatchObject({ stack: "web/prod", what: expect.stringMatching(said) });
  expect(rest).toEqual([]);
});

test("of no stacks nothing stays behind, and of a folder no permissions", () => {
  expect(leftOf("service", [])).toEqual([]);
  expect(leftOf("service", [stack])).toHaveLength(2);
  expect(leftOf("backend", [stack])).toHaveLength(1);
});

describe("a folder", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "quillon-files-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  test("is made with its files, for its owner alone", async () => {
    const path = join(dir, "out");
    expect(await makeFolder(path, async (write) => write(["web", "prod.json"], "{}"))).toBeUndefined();
    expect(readFileSync(join(path, "web", "prod.json"), "utf8")).toBe("{}");
    expect([statSync(path).mode & 0o077, statSync(join(path, "web", "prod.json")).mode & 0o077]).toEqual([0, 0]);
    expect(readdirSync(dir)).toEqual(["out"]);
  });

  test("is not made when something fails, or leads out of it, or it is there already", async () => {
    const failing = makeFolder(join(dir, "out"), async (write) => {
      await write(["a"], "");
      throw new Error("no more");
    });
    await expect(failing).rejects.toThrow("no more");
    for (const name of ["..", "a/b", ""])
      await expect(makeFolder(join(dir, "out"), (write) => write([name], ""))).rejects.toThrow("There can't be a file");
    expect(readdirSync(dir)).toEqual([]);
    mkdirSync(join(dir, "out"));
    await expect(makeFolder(join(dir, "out"), async () => {})).rejects.toThrow("is there already");
  });
});
