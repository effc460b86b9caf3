import type { Tags } from "@quillon/contract";
import { expect, test } from "vitest";
import { type ProgramRequest, tagsOfProgram } from "./program-tags.ts";

const tags = (string: string, object = true): ProgramRequest => ({ config: { "pulumi:tags": { string, object } } });

test.each<[string, ProgramRequest, Tags]>([
  ["none of an empty request", {}, {}],
  [
    "name, runtime and description of the project",
    { name: "web", runtime: "nodejs", description: "Pets" },
    { "pulumi:project": "web", "pulumi:runtime": "nodejs", "pulumi:description": "Pets" },
  ],
  ["no description of a project without one", { name: "web", description: "" }, { "pulumi:project": "web" }],
  [
    "the empty runtime of a destroy outside of the project's folder",
    { name: "web", runtime: "", description: "" },
    { "pulumi:project": "web", "pulumi:runtime": "" },
  ],
  ["those in the configuration", tags('{"env":"prod","team":"blue"}'), { env: "prod", team: "blue" }],
  [
    "those in the configuration before the project's",
    { name: "web", ...tags('{"pulumi:project":"x"}') },
    { "pulumi:project": "x" },
  ],
  ["a tag whose value is empty", tags('{"env":""}'), { env: "" }],
  ["not values that are not text, with which the CLI stops", tags('{"a":1,"b":{"secure":"x"},"c":"d"}'), { c: "d" }],
  ["not a value that is not an object, with which the CLI stops", tags('{"env":"prod"}', false), {}],
  ["none of a list", tags("[1]"), {}],
  ["none of what is not JSON", tags("{"), {}],
  ["none of null", tags("null"), {}],
  ["not other configuration", { config: { "web:tags": { string: '{"a":"b"}', object: true } } }, {}],
])("the program brings %s", (_, request, wanted) => {
  expect(tagsOfProgram(request)).toEqual({ program: wanted, git: {} });
});

test("tags from git come from the update's metadata", () => {
  const environment = {
    "vcs.owner": "acme",
    "vcs.repo": "web",
    "vcs.kind": "github.com",
    "vcs.root": "infra",
    "git.head": "abc",
  };
  const git = { "vcs:owner": "acme", "vcs:repo": "web", "vcs:kind": "github.com", "vcs:root": "infra" };
  expect(tagsOfProgram({ metadata: { environment } })).toEqual({ program: {}, git });
});
