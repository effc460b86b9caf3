export { assertRemediated, assertSatisfied, assertUndetermined, assertViolated } from "./assert.ts";
export type { Coverage, PolicyCoverage } from "./coverage.ts";
export type { Repair, ReportedViolation, Unanswered, Verdict } from "./outcome.ts";
export { loadPack, packOf, type ResourceVerdict, type TestOptions, TestPack } from "./pack.ts";
export { type RecordedStack, readStack } from "./recorded.ts";
export type { ResourceLiteral } from "./resource.ts";
export { assertSnapshot, toSnapshot } from "./snapshot.ts";
export { secret, unknown } from "./values.ts";
export { type Variation, vary } from "./vary.ts";
