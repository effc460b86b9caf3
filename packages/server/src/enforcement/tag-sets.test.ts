import type { Tags } from "@quillon/contract";
import { describe, expect, test } from "vitest";
import { type BroughtTags, isSettled, tagSetsOf } from "./tag-sets.ts";

const brought = (program: Tags, git: Tags = {}): BroughtTags => ({ program, git });
const at = (repo: string) => ({ "vcs:repo": repo });

describe("which sets of tags count for what an update must run?", () => {
  test.each<[string, Tags, BroughtTags, Tags[]]>([
    ["only the stack's where the program brings none", { env: "prod" }, brought({}), [{ env: "prod" }]],
    [
      "only the stack's where the program brings the same",
      { env: "prod" },
      brought({ env: "prod" }),
      [{ env: "prod" }],
    ],
    [
      "the program's with those that the stack keeps",
      { a: "1" },
      brought({ b: "2" }),
      [{ a: "1" }, { a: "1", b: "2" }],
    ],
    [
      "the stack's also where the program has another value",
      { env: "prod" },
      brought({ env: "dev" }),
      [{ env: "prod" }, { env: "dev" }],
    ],
    [
      "with the tags from git, and with those that the stack has from git",
      at("old"),
      brought({ env: "dev" }, at("new")),
      [at("old"), { env: "dev", ...at("old") }, { env: "dev", ...at("new") }],
    ],
    ["a name that objects inherit is a tag like others", {}, brought({ constructor: "x" }), [{}, { constructor: "x" }]],
  ])("%s", (_, stored, tags, wanted) => {
    expect(tagSetsOf(stored, tags)).toEqual(wanted);
  });
});

describe("are the tags that an update sends those that were settled?", () => {
  test.each<[string, Tags, Tags[], boolean]>([
    ["yes, when they are one of the sets", { a: "1" }, [{}, { a: "1" }], true],
    ["no, when a tag is new", { a: "1", b: "2" }, [{ a: "1" }], false],
    ["no, when a tag has another value", { a: "2" }, [{ a: "1" }], false],
    ["no, when a tag is missing", {}, [{ a: "1" }], false],
    ["no, when they are from two sets", { a: "1", b: "2" }, [{ a: "1" }, { b: "2" }], false],
    ["yes, when only tags from git differ", { a: "1", ...at("x") }, [{ a: "1", ...at("y"), "vcs:root": "." }], true],
    ["yes, when the client found no tags from git", { a: "1" }, [{ a: "1", ...at("y") }], true],
    ["yes, when only an empty description is new", { a: "1", "pulumi:description": "" }, [{ a: "1" }], true],
    ["yes, when the description was emptied", { "pulumi:description": "" }, [{ "pulumi:description": "Pets" }], true],
    [
      "no, when there is another description",
      { "pulumi:description": "Pet" },
      [{ "pulumi:description": "Pets" }],
      false,
    ],
  ])("%s", (_, sent, settled, wanted) => {
    expect(isSettled(sent, settled)).toBe(wanted);
  });
});
