export type { ScoredDay } from "./day-queries.ts";
export { configText } from "./evaluate.ts";
export { fold, type SentEvent } from "./fold.ts";
export { readField, readFilter, readRows, readSort, readSortOf } from "./grid.ts";
export type { Finding } from "./list-queries.ts";
export { type PolicyRow, policyFilterFields, policySortFields } from "./policy-score-queries.ts";
export type { Prediction } from "./prediction-queries.ts";
export { readAllFindings, readFinding, readFindings, readPolicyOf, readValues } from "./read.ts";
export { readDays } from "./read-days.ts";
export { readPredictions } from "./read-predictions.ts";
export {
  readPolicyScores,
  readScores,
  readScoreTotals,
  readSeverityScores,
  readStackScores,
  type ScoreTable,
} from "./read-scores.ts";
export { renameUrns } from "./rename-urns.ts";
export { recordingOf } from "./result-queries.ts";
export { enabledPolicies, percentOf, percentOfPolicy } from "./score.ts";
export type { Score } from "./score-queries.ts";
export { settleFindings, upkeepFindings } from "./settle.ts";
export { triageFinding } from "./triage.ts";
export { type JudgedPack, listJudged, markScores, withdrawPacks, withdrawPolicies } from "./withdraw-queries.ts";
