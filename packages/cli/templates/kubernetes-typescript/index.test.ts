import { test } from "node:test";
import { assertSatisfied, assertViolated, loadPack } from "@quillon/policy/testing";

const pack = loadPack(() => import("./index"));
const service = (props: object) => ({ type: "kubernetes:core/v1:Service", name: "test", props });

test("a service with a load balancer is a violation", async () => {
  const verdict = await (await pack).analyze(service({ spec: { type: "LoadBalancer" } }));
  assertViolated(verdict, "service-no-load-balancer");
});

test("a service inside the cluster is none", async () => {
  const verdict = await (await pack).analyze(service({ spec: { type: "ClusterIP" } }));
  assertSatisfied(verdict, "service-no-load-balancer");
});
