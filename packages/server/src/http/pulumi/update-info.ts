import type { UpdateStatus } from "@quillon/contract";
import { verbatim } from "../../json/write.ts";
import type { HistoryEntry } from "../../updates/index.ts";
import { unixSeconds } from "./shapes.ts";

/** A cancelled update is `failed` in a history, as in Pulumi Cloud. */
const results: Record<UpdateStatus, string> = {
  "not-started": "not-started",
  running: "in-progress",
  succeeded: "succeeded",
  failed: "failed",
  cancelled: "failed",
};

/** An update in a stack's history. */
export function updateInfoOf(entry: HistoryEntry) {
  return {
    kind: entry.kind,
    startTime: unixSeconds(entry.startedAt),
    message: entry.message,
    environment: entry.environment,
    config: verbatim(entry.config),
    result: results[entry.status],
    endTime: unixSeconds(entry.endedAt),
    version: entry.version,
    ...(entry.resourceChanges && { resourceChanges: entry.resourceChanges }),
    ...(entry.resourceCount !== null && { resourceCount: entry.resourceCount }),
  };
}
