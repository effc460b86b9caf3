import { describe, expect, test } from "vitest";
import { type NewNames, renameState, renameUrn } from "./rename.ts";

const moved: NewNames = { project: "site", stack: "prod" };
const renamed: NewNames = { stack: "prod" };

describe("a URN", () => {
  test.each<[name: string, to: NewNames, urn: string, wanted: string]>([
    [
      "stack and project",
      moved,
      "urn:pulumi:dev::web::aws:s3/bucket:Bucket::b",
      "urn:pulumi:prod::site::aws:s3/bucket:Bucket::b",
    ],
    ["the stack alone", renamed, "urn:pulumi:dev::web::a:b:C::n", "urn:pulumi:prod::web::a:b:C::n"],
    [
      "a project that differs from the one in the path",
      renamed,
      "urn:pulumi:dev::my web::a:b:C::n",
      "urn:pulumi:prod::my web::a:b:C::n",
    ],
    [
      "the root's name",
      moved,
      "urn:pulumi:dev::web::pulumi:pulumi:Stack::web-dev",
      "urn:pulumi:prod::site::pulumi:pulumi:Stack::site-prod",
    ],
    [
      "the root's name, project kept",
      renamed,
      "urn:pulumi:dev::web::pulumi:pulumi:Stack::web-dev",
      "urn:pulumi:prod::web::pulumi:pulumi:Stack::web-prod",
    ],
    ["a qualified type", moved, "urn:pulumi:dev::web::my:C:omp$a:b:C::n", "urn:pulumi:prod::site::my:C:omp$a:b:C::n"],
    ["a name with colons", moved, "urn:pulumi:dev::web::a:b:C::x::y::z", "urn:pulumi:prod::site::a:b:C::x::y::z"],
    ["a name like the root's", moved, "urn:pulumi:dev::web::a:b:C::web-dev", "urn:pulumi:prod::site::a:b:C::web-dev"],
    [
      "a provider reference, its id kept",
      moved,
      "urn:pulumi:dev::web::pulumi:providers:aws::default::0e2c",
      "urn:pulumi:prod::site::pulumi:providers:aws::default::0e2c",
    ],
    ["no text that is not a URN", moved, "dev::web::a::b", "dev::web::a::b"],
    ["no URN that is cut short", moved, "urn:pulumi:dev::web", "urn:pulumi:dev::web"],
    ["no empty text", moved, "", ""],
  ])("%s", (_, to, urn, wanted) => {
    expect(renameUrn(urn, to)).toBe(wanted);
  });
});

const resource = (stack: string, project: string) => {
  const urn = (name: string) => `urn:pulumi:${stack}::${project}::a:b:C::${name}`;
  return {
    urn: urn("x"),
    custom: true,
    parent: urn("p"),
    provider: `${urn("prov")}::id`,
    deletedWith: urn("d"),
    viewOf: urn("v"),
    dependencies: [urn("1"), urn("2")],
    replaceWith: [urn("r")],
    propertyDependencies: { size: [urn("1")], none: null, colour: [] },
    aliases: ["urn:pulumi:dev::web::a:b:C::old"],
    inputs: { note: "urn:pulumi:dev::web::a:b:C::x", urn: "urn:pulumi:dev::web::a:b:C::x" },
  };
};

const state = (stack: string, project: string) => ({
  version: 3,
  deployment: {
    manifest: { time: "", magic: "", version: "" },
    secrets_providers: { type: "service", state: { url: "http://h", owner: "acme", project, stack } },
    resources: [
      resource(stack, project),
      { urn: `urn:pulumi:${stack}::${project}::a:b:C::bare`, parent: "", dependencies: null },
    ],
    pending_operations: [{ resource: resource(stack, project), type: "creating" }],
  },
});

const rewrite = (text: string, to: NewNames) => Buffer.concat([...renameState(Buffer.from(text), to)]).toString();

describe("a state", () => {
  test("has its names changed wherever a resource refers to another, and nowhere else", () => {
    expect(JSON.parse(rewrite(JSON.stringify(state("dev", "web")), moved))).toEqual(state("prod", "site"));
    expect(JSON.parse(rewrite(JSON.stringify(state("dev", "web")), renamed))).toEqual(state("prod", "web"));
  });

  test("keeps all other bytes: numbers, escapes, order, white space", () => {
    const odd = (stack: string) =>
      String.raw`{"version": 4,"features":["views"],"deployment":{"resources":[{"id":"\u003c","urn":"urn:pulumi:${stack}::web::a:b:C::n", "inputs":{"n":12345678901234567890.10,"z":1,"a":1e400}}],"2":[],"1":{}}}`;
    expect(rewrite(odd("dev"), renamed)).toBe(odd("prod"));
  });

  test.each<[name: string, deployment: object]>([
    [
      "a record of another secrets provider",
      { secrets_providers: { type: "passphrase", state: { stack: "dev", salt: "s" } } },
    ],
    ["no resources", { resources: null, pending_operations: null, secrets_providers: null }],
    ["an empty deployment", {}],
  ])("stays as it is with %s", (_, deployment) => {
    const text = JSON.stringify({ version: 3, deployment });
    expect(rewrite(text, moved)).toBe(text);
  });
});
