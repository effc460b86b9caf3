import { test } from "node:test";
import { assertSatisfied, assertViolated, loadPack } from "@quillon/policy/testing";

const pack = loadPack(() => import("./index"));
const bucket = (props: object) => ({ type: "aws:s3/bucket:Bucket", name: "test", props });

test("a bucket that everybody can read is a violation", async () => {
  const verdict = await (await pack).analyze(bucket({ acl: "public-read" }));
  assertViolated(verdict, "bucket-no-public-read");
});

test("a private bucket is not", async () => {
  const verdict = await (await pack).analyze(bucket({ acl: "private" }));
  assertSatisfied(verdict, "bucket-no-public-read");
});
