const { test } = require("node:test");
const { assertSatisfied, assertViolated, loadPack } = require("@quillon/policy/testing");

const pack = loadPack(() => require("./index.js"));
const bucket = (props) => ({ type: "gcp:storage/bucket:Bucket", name: "test", props });

test("a bucket that can be made public is a violation", async () => {
  const verdict = await (await pack).analyze(bucket({ location: "EU" }));
  assertViolated(verdict, "bucket-prevents-public-access");
});

test("a bucket that can't is none", async () => {
  const verdict = await (await pack).analyze(bucket({ location: "EU", publicAccessPrevention: "enforced" }));
  assertSatisfied(verdict, "bucket-prevents-public-access");
});
