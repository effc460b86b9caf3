import { expect, test } from "vitest";
import {
  parseCount,
  parseDelivery,
  parseFinding,
  parseObject,
  parseOwnedPack,
  parsePack,
  parsePackage,
} from "./arguments.ts";

test.each([
  ["aws", { name: "aws", versionTag: "" }],
  ["aws@latest", { name: "aws", versionTag: "" }],
  ["aws@1.2.0", { name: "aws", versionTag: "1.2.0" }],
  ["aws@3", { name: "aws", versionTag: "3" }],
])("%s is a pack", (text, pack) => {
  expect(parsePack(text)).toEqual(pack);
});

test.each(["", "@1", "a@", "a@1@2", "acme/a"])('"%s" is no pack', (text) => {
  expect(() => parsePack(text)).toThrow("write PACK or PACK@VERSION");
});

test("a pack may be named with its organization, as by the Pulumi CLI", () => {
  expect(parseOwnedPack("aws")).toEqual({ name: "aws" });
  expect(parseOwnedPack("acme/aws")).toEqual({ owner: "acme", name: "aws" });
  for (const text of ["", "/aws", "acme/", "a/acme/aws", "acme/aws@1.2.0"])
    expect(() => parseOwnedPack(text)).toThrow("write PACK or ORG/PACK");
});

test.each([
  ["lodash", { name: "lodash" }],
  ["lodash@<4.17.21", { name: "lodash", version: "<4.17.21" }],
  ["@grpc/grpc-js", { name: "@grpc/grpc-js" }],
  ["@grpc/grpc-js@1.14.7", { name: "@grpc/grpc-js", version: "1.14.7" }],
])("%s is a package", (text, found) => {
  expect(parsePackage(text)).toEqual(found);
});

test.each(["", "@", "lodash@", "a@@"])('"%s" is no package', (text) => {
  expect(() => parsePackage(text)).toThrow("write NAME or NAME@VERSION");
});

test.each([
  ["{", "--config is not JSON: "],
  ["[]", "--config must be a JSON object"],
  ["null", "--config must be a JSON object"],
])("%s is no object", (text, problem) => {
  expect(() => parseObject("--config", text)).toThrow(problem);
});

test.each(["1", "", "0af0ca3e-9a4c-4f8e-8a0e-1d2c3b4a596"])('"%s" is no id', (id) => {
  expect(() => parseFinding(id)).toThrow(
    `A finding's id can't be "${id}": quillon finding ls shows the ids, each with 36 characters.`,
  );
  expect(() => parseDelivery(id, "hook")).toThrow(
    `A delivery's id can't be "${id}": quillon webhook deliveries hook shows the ids, each with 36 characters.`,
  );
});

test.each(["0", "-1", "1.5", "many"])('"%s" is no count', (text) => {
  expect(() => parseCount("--limit", text)).toThrow("--limit can't be \"");
});
