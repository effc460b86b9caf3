import { before, test } from "node:test";
import {
  assertSatisfied,
  assertUndetermined,
  assertViolated,
  loadPack,
  type TestPack,
  unknown,
} from "@quillon/policy/testing";

const bucket = (props: object, name = "files") => ({ type: "aws:s3/bucket:Bucket", name, props });
const instance = (props: object) => ({ type: "aws:ec2/instance:Instance", name: "web", props });
let pack: TestPack;

before(async () => {
  pack = await loadPack(() => import("./index"));
});

test("a resource that can carry tags must have one", async () => {
  assertViolated(await pack.analyze(bucket({})), "has-tag", { path: "tags" });
  assertViolated(await pack.analyze(bucket({ tags: { owner: "" } })), "has-tag");
  assertSatisfied(await pack.analyze(bucket({ tags: { owner: "web" } })), "has-tag");
});

test("a resource that can't carry tags needs none", async () => {
  assertSatisfied(await pack.analyze({ type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", props: {} }));
});

test("an instance is of an allowed type, and which are allowed can be set", async () => {
  const large = instance({ instanceType: "m7i.24xlarge" });
  assertViolated(await pack.analyze(large), "instance-type", "m7i.24xlarge");
  assertSatisfied(await pack.analyze(instance({ instanceType: "t4g.micro" })), "instance-type");
  await pack.configure({ "instance-type": { allowed: ["m7i.24xlarge"] } });
  assertSatisfied(await pack.analyze(large), "instance-type");
});

test("a bucket has the product's prefix, in its name or else in the resource's", async () => {
  assertViolated(await pack.analyze(bucket({ bucket: "files" })), "bucket-name", { path: "bucket" });
  assertViolated(await pack.analyze(bucket({})), "bucket-name", "The bucket is named files.");
  assertSatisfied(await pack.analyze(bucket({ bucketPrefix: "shop-files" })), "bucket-name");
  assertSatisfied(await pack.analyze(bucket({}, "shop-files")), "bucket-name");
});

test("a name that is not known in a preview decides nothing", async () => {
  assertUndetermined(await pack.analyze(bucket({ bucket: unknown() })), "bucket-name");
});
