import { deepEqual } from "node:assert/strict";
import { before, beforeEach, test } from "node:test";
import {
  assertRemediated,
  assertSatisfied,
  assertUndetermined,
  assertViolated,
  loadPack,
  type TestPack,
  unknown,
} from "@quillon/policy/testing";

const bucket = (props: object) => ({ type: "aws:s3/bucket:Bucket", name: "files", props });
let pack: TestPack;

before(async () => {
  pack = await loadPack(() => import("./index"));
});

beforeEach(() => pack.configure());

test("a resource gets the tags that it lacks, and keeps its own", async () => {
  const props = { bucket: "files", tags: { owner: "web" } };
  assertRemediated(await pack.remediate(bucket(props)), { ...props, tags: { owner: "web", "managed-by": "pulumi" } });
  const other = await pack.remediate(bucket({ tags: { "managed-by": "hand" } }));
  deepEqual(other.remediations, []);
});

test("what everything gets can be configured, and Google calls it labels", async () => {
  await pack.configure({ "default-tags": { tags: { "cost-center": "42" } } });
  const instance = { type: "gcp:compute/instance:Instance", props: {} };
  assertRemediated(await pack.remediate(instance), { labels: { "cost-center": "42" } });
});

test("at a lower level what is missing is reported", async () => {
  await pack.configure({ "default-tags": "advisory" });
  const level = { level: "advisory", path: 'tags["managed-by"]' } as const;
  assertViolated(await pack.analyze(bucket({})), "default-tags", level);
  assertSatisfied(await pack.analyze(bucket({ tags: { "managed-by": "pulumi" } })), "default-tags");
});

test("what only the author knows must be there", async () => {
  const { props } = await pack.remediate(bucket({}));
  assertViolated(await pack.analyze(bucket(props)), "required-tags", "The tag `owner` is missing.");
  assertSatisfied(await pack.analyze(bucket({ tags: { owner: "web" } })), "required-tags");
});

test("a tag with known values has one of them", async () => {
  await pack.configure({ "required-tags": { tags: { stage: ["dev", "prod"] } } });
  const violated = await pack.analyze(bucket({ tags: { stage: "test" } }));
  assertViolated(violated, "required-tags", { path: 'tags["stage"]', suggestion: "Use dev or prod." });
  assertSatisfied(await pack.analyze(bucket({ tags: { stage: "prod" } })), "required-tags");
});

test("a value that is not known in a preview decides nothing", async () => {
  assertUndetermined(await pack.analyze(bucket({ tags: { owner: unknown() } })), "required-tags");
});

test("what carries no tags is left alone", async () => {
  for (const type of ["aws:s3/bucketPolicy:BucketPolicy", "random:index/randomPet:RandomPet"]) {
    assertSatisfied(await pack.analyze({ type, props: {} }));
    deepEqual((await pack.remediate({ type, props: {} })).remediations, []);
  }
});
