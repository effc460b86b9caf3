import { before, test } from "node:test";
import { assertSatisfied, assertViolated, loadPack, type TestPack } from "@quillon/policy/testing";

const good = { name: "web", image: "registry.example.com/web:1.4", resources: { limits: { memory: "128Mi" } } };
let pack: TestPack;

before(async () => {
  pack = await loadPack(() => import("./index"));
});

function deployment(container: object, kind = "kubernetes:apps/v1:Deployment") {
  return { type: kind, name: "web", props: { spec: { template: { spec: { containers: [container] } } } } };
}

test("a good container satisfies all policies, whatever starts it", async () => {
  const pod = { spec: { initContainers: [good], containers: [good] } };
  for (const kind of ["apps/v1:Deployment", "apps/v1:StatefulSet", "apps/v1:DaemonSet", "batch/v1:Job"])
    assertSatisfied(await pack.analyze(deployment(good, `kubernetes:${kind}`)));
  assertSatisfied(await pack.analyze({ type: "kubernetes:core/v1:Pod", props: pod }));
});

for (const image of ["web", "web:latest", "registry.example.com:5000/web"]) {
  test(`the image ${image} has no version`, async () => {
    assertViolated(await pack.analyze(deployment({ ...good, image })), "image-has-version", image);
  });
}

for (const image of ["web:1.4", "registry.example.com:5000/web:1.4", "web@sha256:0f3c"]) {
  test(`the image ${image} has one`, async () => {
    assertSatisfied(await pack.analyze(deployment({ ...good, image })), "image-has-version");
  });
}

test("an image is from one of the registries that are configured", async () => {
  const foreign = deployment({ ...good, image: "docker.io/library/nginx:1.29" });
  assertViolated(await pack.analyze(foreign), "image-from-registry", { level: "advisory" });
  await pack.configure({ "image-from-registry": { registries: ["docker.io/library/"] } });
  assertSatisfied(await pack.analyze(foreign), "image-from-registry");
  await pack.configure();
});

test("a container without a limit of memory, and a privileged one, are violations, in a CronJob too", async () => {
  const { resources, ...unlimited } = good;
  assertViolated(await pack.analyze(deployment(unlimited)), "memory-limited", "web");
  const template = { spec: { containers: [{ ...good, securityContext: { privileged: true } }] } };
  const props = { spec: { jobTemplate: { spec: { template } } } };
  assertViolated(await pack.analyze({ type: "kubernetes:batch/v1:CronJob", props }), "not-privileged", /is privileged/);
});

test("a service starts no containers", async () => {
  assertSatisfied(await pack.analyze({ type: "kubernetes:core/v1:Service", props: {} }));
});
