import type { ReportedResult } from "@quillon/contract";
import { csvLine } from "./csv-line.ts";
import { resourceOf } from "./resource-of.ts";
import { reasonOf, type Writer } from "./writer.ts";

const columns: Record<string, (result: ReportedResult) => string | undefined> = {
  kind: ({ kind }) => kind,
  level: ({ level }) => level,
  severity: ({ severity }) => severity,
  policyPack: ({ pack }) => pack,
  policyPackTag: ({ version }) => version,
  policyName: ({ policy }) => policy,
  entityProject: ({ project }) => project,
  entityId: ({ stack }) => stack,
  resourceType: ({ urn }) => resourceOf(urn).resourceType,
  resourceName: ({ urn }) => resourceOf(urn).resourceName,
  resourceURN: ({ urn }) => urn,
  message: ({ message }) => message,
  id: ({ finding }) => finding?.id,
  status: ({ finding }) => finding?.status,
  firstSeenAt: ({ finding }) => finding?.firstSeenAt,
  lastSeenAt: ({ finding }) => finding?.lastSeenAt,
  exceptions: (result) => result.exceptions && (reasonOf(result) || "excepted"),
  comment: ({ finding }) => finding?.comment,
  reason: ({ finding }) => finding?.reason,
};

/** With the columns of `pulumi policy issue export`, where they have the same. */
export const csv: Writer = {
  contentType: "text/csv; charset=utf-8; header=present",
  order: "worst",
  async *write(_, results) {
    yield csvLine(Object.keys(columns));
    for await (const result of results) yield csvLine(Object.values(columns).map((read) => read(result) ?? ""));
  },
};
