const { test } = require("node:test");
const { assertSatisfied, assertViolated, loadPack } = require("@quillon/policy/testing");

const pack = loadPack(() => require("./index.js"));
const account = (props) => ({ type: "azure-native:storage:StorageAccount", name: "test", props });

test("an account that allows public blobs is a violation", async () => {
  const verdict = await (await pack).analyze(account({ allowBlobPublicAccess: true }));
  assertViolated(verdict, "storage-no-public-blobs");
});

test("an account that does not is none", async () => {
  const verdict = await (await pack).analyze(account({ allowBlobPublicAccess: false }));
  assertSatisfied(verdict, "storage-no-public-blobs");
});
