import { expect, test } from "vitest";
import { resourceOf } from "./resource-of.ts";

test.each([
  ["urn:pulumi:dev::web::aws:s3/bucket:Bucket::logs", "aws:s3/bucket:Bucket", "logs", "aws"],
  ["urn:pulumi:dev::web::my:a:A$my:b:B$aws:s3/bucket:Bucket::logs", "aws:s3/bucket:Bucket", "logs", "aws"],
  [
    "urn:pulumi:dev::web::random:index/randomPet:RandomPet::a::b$c",
    "random:index/randomPet:RandomPet",
    "a::b$c",
    "random",
  ],
  ["urn:pulumi:dev::web::pulumi:pulumi:Stack::web-dev", "pulumi:pulumi:Stack", "web-dev", "pulumi"],
  ["", "", "", ""],
])("%s", (urn, resourceType, resourceName, resourceProvider) => {
  expect(resourceOf(urn)).toEqual({ resourceType, resourceName, resourceProvider });
});
