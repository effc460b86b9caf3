const { test } = require("node:test");
const { assertSatisfied, assertViolated, loadPack } = require("@quillon/policy/testing");

const pack = loadPack(() => require("./index.js"));
const bucket = (props) => ({ type: "aws:s3/bucket:Bucket", name: "test", props });

test("a bucket that everybody can read is a violation", async () => {
  const verdict = await (await pack).analyze(bucket({ acl: "public-read" }));
  assertViolated(verdict, "bucket-no-public-read");
});

test("a private bucket is not", async () => {
  const verdict = await (await pack).analyze(bucket({ acl: "private" }));
  assertSatisfied(verdict, "bucket-no-public-read");
});
