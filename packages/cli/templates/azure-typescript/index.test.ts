import { test } from "node:test";
import { assertSatisfied, assertViolated, loadPack } from "@quillon/policy/testing";

const pack = loadPack(() => import("./index"));
const account = (props: object) => ({ type: "azure-native:storage:StorageAccount", name: "test", props });

test("an account that allows public blobs is a violation", async () => {
  const verdict = await (await pack).analyze(account({ allowBlobPublicAccess: true }));
  assertViolated(verdict, "storage-no-public-blobs");
});

test("an account that does not is none", async () => {
  const verdict = await (await pack).analyze(account({ allowBlobPublicAccess: false }));
  assertSatisfied(verdict, "storage-no-public-blobs");
});
