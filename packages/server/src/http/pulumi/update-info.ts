import type { UpdateStatus } from "@quillon/contract";
import { verbatim } from "../../json/write.ts";
import type { Deployment, HistoryEntry, Preview } from "../../updates/index.ts";
import { unixSeconds, userInfo } from "./shapes.ts";

/** A cancelled update is `failed` in a history, as in Pulumi Cloud. */
const results: Record<UpdateStatus, string> = {
  "not-started": "not-started",
  running: "in-progress",
  succeeded: "succeeded",
  failed: "failed",
  cancelled: "failed",
};

/**
 * An update that has not ended took the time until now. The CLI subtracts its start whatever its result is:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/cmd/pulumi/stack/stack_history.go#L256
 */
function soFar({ startedAt }: HistoryEntry): Date {
  return new Date(Math.max(Date.now(), startedAt?.getTime() ?? 0));
}

/** An update in a stack's history. */
export function updateInfoOf(entry: HistoryEntry) {
  return {
    kind: entry.kind,
    startTime: unixSeconds(entry.startedAt),
    message: entry.message,
    environment: entry.environment,
    config: verbatim(entry.config),
    result: results[entry.status],
    endTime: unixSeconds(entry.endedAt ?? soFar(entry)),
    version: entry.version,
    ...(entry.resourceChanges && { resourceChanges: entry.resourceChanges }),
    ...(entry.resourceCount !== null && { resourceCount: entry.resourceCount }),
  };
}

/** The last deployment of a stack. */
export function deploymentOf({ latestVersion, requestedBy, ...entry }: Deployment) {
  return {
    info: updateInfoOf(entry),
    updateID: entry.id,
    version: entry.version,
    latestVersion,
    requestedBy: userInfo(requestedBy),
  };
}

/** A preview since the newest update. */
export function previewOf({ requesterLogin: login, requesterName: name, latestVersion, ...entry }: Preview) {
  const requestedBy = userInfo({ login: login ?? "", name: name ?? "" });
  return { info: updateInfoOf(entry), updateID: entry.id, version: entry.version, latestVersion, requestedBy };
}
