import { test } from "node:test";
import { assertSatisfied, assertViolated, loadPack } from "@quillon/policy/testing";

const pack = loadPack(() => import("./index"));
const bucket = (props: object) => ({ type: "gcp:storage/bucket:Bucket", name: "test", props });

test("a bucket that can be made public is a violation", async () => {
  const verdict = await (await pack).analyze(bucket({ location: "EU" }));
  assertViolated(verdict, "bucket-prevents-public-access");
});

test("a bucket that can't is none", async () => {
  const verdict = await (await pack).analyze(bucket({ location: "EU", publicAccessPrevention: "enforced" }));
  assertSatisfied(verdict, "bucket-prevents-public-access");
});
