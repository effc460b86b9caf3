export { type PackAnalyses, readAnalyses } from "./analysed-queries.ts";
export { readCheck, storeCheck } from "./checked.ts";
export { emptyRemoved, runCompaction } from "./compact.ts";
export { type Compliance, isCompliance } from "./compliance-queries.ts";
export type { ScoredDay } from "./day-queries.ts";
export { configText } from "./evaluate.ts";
export { openRenamed, openUnexcepted, type TellReopened } from "./exception-end.ts";
export type { ExceptedFinding } from "./exception-end-queries.ts";
export { findResources } from "./find-resources.ts";
export type { FindingChange, TopFinding } from "./finding-changes.ts";
export { type EventKind, type SentEvent, withMessage } from "./fold.ts";
export { type EventList, foldEvents, foldTask, type ListedEvent } from "./fold-events.ts";
export { forgetFindings, forgetPredictions } from "./forget.ts";
export { type Governed, ungoverned } from "./governed.ts";
export { type Condition, readField, readFilter, readRows, readSort, readSortOf } from "./grid.ts";
export type { FindingGroup } from "./group-queries.ts";
export type { Finding } from "./list-queries.ts";
export { countOpenFindings } from "./open-queries.ts";
export type { StackState } from "./overview-queries.ts";
export type { HealthChange } from "./pack-health.ts";
export type { FailureOf } from "./pack-health-list-queries.ts";
export { type PolicyRow, policyFilterFields, policySortFields } from "./policy-score-queries.ts";
export type { Prediction } from "./prediction-queries.ts";
export { readAllFindings, readFinding, readFindingHeatmap, readFindings, readPolicyOf, readValues } from "./read.ts";
export { readDays } from "./read-days.ts";
export { readFindingGroups } from "./read-groups.ts";
export { readResultsOverview, readStacksIn } from "./read-overview.ts";
export { readPackFailures } from "./read-pack-failures.ts";
export { readPackHealth, readVersionHealth, type VersionHealth } from "./read-pack-health.ts";
export { countBlockedOf, readPredictions, readUnappliedIn } from "./read-predictions.ts";
export { readRunResults } from "./read-run-results.ts";
export {
  readPolicyScores,
  readScores,
  readScoreTotals,
  readSeverityScores,
  readStackScores,
  type ScoreTable,
} from "./read-scores.ts";
export { FIRST_URN, renameUrns, type UrnPlace } from "./rename-urns.ts";
export type { Reopened } from "./reopened.ts";
export type { FoundResults } from "./report.ts";
export { reportFindings } from "./report-findings.ts";
export { reportRun } from "./report-run.ts";
export { recordingOf } from "./result-queries.ts";
export { countRunResults, type RunResults } from "./run-results-queries.ts";
export { enabledPolicies, percentOf, percentOfPolicy } from "./score.ts";
export { listScoresOf, type Score } from "./score-queries.ts";
export { readFindingRule, setFindingRule } from "./set-rule.ts";
export { settleFindings, upkeepFindings } from "./settle.ts";
export { recordGone, wasEvaluated } from "./state-queries.ts";
export { triageFinding, triageFindings } from "./triage.ts";
export { type JudgedPack, listJudged, markScores, withdrawPacks, withdrawPolicies } from "./withdraw-queries.ts";
export { continueWithdrawing, withdrawStack } from "./withdraw-stack.ts";
