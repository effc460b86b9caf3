import { expect, test } from "vitest";
import * as generated from "../gen/pulumi/analyzer_pb.js";
import { EnforcementLevel, PolicySeverity, PolicyType } from "./enums.ts";

test("the numbers are the protocol's", () => {
  expect(EnforcementLevel).toEqual(generated.EnforcementLevel);
  expect(PolicyType).toEqual(generated.PolicyType);
  expect(PolicySeverity).toEqual(generated.PolicySeverity);
});
