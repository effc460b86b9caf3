import { expect, test } from "vitest";
import { namedPacks } from "./named-packs.ts";

const packs = new Map(
  [
    { pack: "pets", tag: "1.0.0" },
    { pack: "pets-2", tag: "1.0.0" },
    { pack: "a-v1", tag: "v2" },
    { pack: "untagged", tag: null },
  ].map((pack) => [pack.pack, pack]),
);

test.each<[string, string[]]>([
  ["pets", []],
  ["pets 1.0.0", ["pets"]],
  ["pets v1.0.0", ["pets"]],
  ["'pets@v1.0.0':", ["pets"]],
  ["pets@1.0.0.", ["pets"]],
  ["pets-v1.0.0", ["pets"]],
  ["/x/pulumi-analyzer-pets-v1.0.0/index.js", ["pets"]],
  ["/x/pulumi-analyzer-pets-2-v1.0.0", ["pets-2"]],
  ['pack "pets-2" and "pets', ["pets-2"]],
  ["pets 1.0.0, pets-2 1.0.0", ["pets", "pets-2"]],
  ["pets 1.0.01", []],
  ["pets 1.0.0.1", []],
  ["pets 1.0.0-beta", []],
  ["pets 1.0.0+build", []],
  ["pets  1.0.0", []],
  ["my-pets 1.0.0", []],
  ["my.pets-v1.0.0", []],
  ["a-v1-vv2", ["a-v1"]],
  ["a-v1 v2", ["a-v1"]],
  ["a-v1@2", []],
  ["untagged 7", ["untagged"]],
  ["untagged v", ["untagged"]],
  ["untagged-v+1", ["untagged"]],
  ["untagged is", ["untagged"]],
  ["untagged, 7", []],
])("%s names %j", (text, named) => {
  expect([...namedPacks(text, packs)].sort()).toEqual(named);
});
