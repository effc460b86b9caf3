const { test } = require("node:test");
const { assertSatisfied, assertViolated, loadPack } = require("@quillon/policy/testing");

const pack = loadPack(() => require("./index.js"));
const service = (props) => ({ type: "kubernetes:core/v1:Service", name: "test", props });

test("a service with a load balancer is a violation", async () => {
  const verdict = await (await pack).analyze(service({ spec: { type: "LoadBalancer" } }));
  assertViolated(verdict, "service-no-load-balancer");
});

test("a service inside the cluster is none", async () => {
  const verdict = await (await pack).analyze(service({ spec: { type: "ClusterIP" } }));
  assertSatisfied(verdict, "service-no-load-balancer");
});
