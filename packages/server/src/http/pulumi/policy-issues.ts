import type { IncomingHttpHeaders } from "node:http";
import type { Api, BodyOf, QueryOf } from "@quillon/contract";
import { csvLine, exceptionText, resourceOf } from "@quillon/report";
import type { OrgCtx } from "../../context.ts";
import {
  type Condition,
  type Finding,
  readAllFindings,
  readField,
  readFilter,
  readFinding,
  readFindings,
  readPolicyOf,
  readRows,
  readSort,
  readValues,
  triageFinding,
} from "../../findings/index.ts";
import { type Handlers, streamReply } from "../route.ts";
import { asksForPulumi } from "./clients.ts";
import { userInfo } from "./shapes.ts";

type List = Api["POST /api/orgs/{orgName}/policyresults/issues"];
type Filters = Api["POST /api/orgs/{orgName}/policyresults/issues/filters"];
type Edit = Api["PATCH /api/orgs/{orgName}/policyresults/issues/{issueId}"];
interface OfList {
  body: BodyOf<List>;
  query: QueryOf<List>;
  headers: IncomingHttpHeaders;
}
interface OfOne {
  params: { issueId: string };
  headers: IncomingHttpHeaders;
}

export const policyIssueHandlers = {
  "POST /api/orgs/{orgName}/policyresults/issues": list,
  "GET /api/orgs/{orgName}/policyresults/issues/{issueId}": get,
  "PATCH /api/orgs/{orgName}/policyresults/issues/{issueId}": edit,
  "POST /api/orgs/{orgName}/policyresults/issues/export": exportAll,
  "POST /api/orgs/{orgName}/policyresults/issues/filters": filters,
  "POST /api/orgs/{orgName}/policy/findings": list,
  "GET /api/orgs/{orgName}/policy/findings/{issueId}": get,
  "PATCH /api/orgs/{orgName}/policy/findings/{issueId}": edit,
  "POST /api/orgs/{orgName}/policy/findings/export": exportAll,
  "POST /api/orgs/{orgName}/policy/findings/filters": filters,
} satisfies Partial<Handlers>;

async function list(ctx: OrgCtx, { body, query, headers }: OfList) {
  const { findings, count } = await readFindings(ctx, {
    ...whichOf(query),
    where: whereOf(headers, body),
    sort: readSort(body.sortModel),
    rows: readRows(body.startRow, body.endRow),
  });
  return { policyIssues: findings.map((finding) => issueFor(headers, finding)), groupData: [], rowCount: count };
}

async function get(ctx: OrgCtx, { params, headers }: OfOne) {
  return answerOf(ctx, headers, await readFinding(ctx, params.issueId));
}

async function edit(ctx: OrgCtx, { params, body, headers }: OfOne & { body: BodyOf<Edit> }) {
  return answerOf(ctx, headers, await triageFinding(ctx, params.issueId, body));
}

async function filters(
  ctx: OrgCtx,
  { body, query, headers }: Omit<OfList, "body"> & { body: BodyOf<Filters>; query: QueryOf<Filters> },
) {
  const field = readField(body.field);
  const where = whereOf(headers, body);
  return { field, values: await readValues(ctx, { ...whichOf(query), where, field }) };
}

const whichOf = ({ closed = false, recent, overdue = false }: QueryOf<List>) => ({ closed, recent, overdue });

/** A client of Pulumi's API is told that what is excepted is ignored, so it finds it so. */
function whereOf(client: IncomingHttpHeaders, { filterModel }: Pick<BodyOf<List>, "filterModel">): Condition {
  const read = (one: Condition): Condition => {
    if ("all" in one) return { all: one.all.map(read) };
    if ("any" in one) return { any: one.any.map(read) };
    const isIgnored = one.field === "status" && one.value === "ignored";
    return isIgnored ? { any: [one, { field: "status", value: "excepted" }] } : one;
  };
  const where = readFilter(filterModel);
  return asksForPulumi(client) ? read(where) : where;
}

async function exportAll(ctx: OrgCtx, { body, query, headers }: OfList) {
  const parts = readAllFindings(ctx, {
    ...whichOf(query),
    where: whereOf(headers, body),
    sort: readSort(body.sortModel),
  });
  const item = (findings: Finding[]) => findings.map((finding) => rowOf(headers, finding)).join("");
  return streamReply(parts, { contentType: "text/csv; charset=utf-8", start: csvLine(columns), item });
}

const columns = [
  "id",
  "status",
  "priority",
  "severity",
  "level",
  "policyPack",
  "policyPackTag",
  "policyName",
  "policyGroupName",
  "entityProject",
  "entityId",
  "resourceType",
  "resourceName",
  "resourceURN",
  "message",
  "firstSeenAt",
  "lastSeenAt",
  "resolvedAt",
  "assignedTo",
  "policyExceptionNames",
  "comment",
  "exceptions",
  "reason",
] as const;

function rowOf(client: IncomingHttpHeaders, finding: Finding): string {
  const { assigneeLogin, comment, exceptions, reason, expires } = finding;
  const named = exceptions?.map(exceptionText).join("; ");
  const texts = { assignedTo: assigneeLogin ?? "", comment, exceptions: named, reason: expires && reason };
  const issue = { ...issueFor(client, finding), ...texts };
  return csvLine(columns.map((column) => String((issue as Record<string, unknown>)[column] ?? "")));
}

async function answerOf(ctx: OrgCtx, client: IncomingHttpHeaders, finding: Finding) {
  const policy = await readPolicyOf(ctx, finding);
  return {
    policyIssue: issueFor(client, finding),
    ...(policy && {
      policy: { displayName: "", description: "", enforcementLevel: finding.level, message: "", ...policy },
    }),
  };
}

/** A finding, as Pulumi's API shows it. */
function issueOf(finding: Finding) {
  const { id, urn, message, firstSeen, lastSeen, resolved, modified, stackVersion } = finding;
  const { assigneeLogin: login, assigneeName: name, exceptions } = finding;
  return {
    id,
    entityType: "stack" as const,
    entityProject: finding.project,
    entityId: finding.stack,
    ...(stackVersion !== null && { stackVersion }),
    policyPack: finding.pack,
    policyPackTag: finding.tag,
    policyName: finding.policy,
    resourceURN: urn,
    ...resourceOf(urn),
    ...(message && { message, messages: [message] }),
    observedAt: lastSeen.toISOString(),
    lastModified: modified.toISOString(),
    level: finding.level,
    severity: finding.severity,
    status: shownStatus(finding),
    kind: "preventative" as const,
    ...(finding.group !== null && { policyGroupName: finding.group }),
    policyGroupType: "preventative" as const,
    priority: finding.priority,
    ...(login !== null && { assignedTo: userInfo({ login, name: name ?? "" }) }),
    firstSeenAt: firstSeen.toISOString(),
    lastSeenAt: lastSeen.toISOString(),
    ...(resolved && { resolvedAt: resolved.toISOString() }),
    firstSeenPackTag: finding.firstTag,
    reopenCount: finding.reopened,
    exempt: exceptions !== null,
    ...(exceptions && { policyExceptionNames: exceptions.map(({ id }) => id) }),
  };
}

/** The same with what Pulumi's API does not have, for a client that does not ask for that API. */
function issueFor(client: IncomingHttpHeaders, finding: Finding) {
  const { ended, reason, expires, withdrawnBy, stackRemoved, exceptions } = finding;
  if (asksForPulumi(client)) return issueOf(finding);
  return {
    ...issueOf(finding),
    ...(exceptions && { status: "excepted", exceptions }),
    ...(reason && expires && { reason, expiresAt: expires.toISOString() }),
    ...commentOf(finding),
    ...(ended === "withdrawn" && {
      withdrawn: true as const,
      ...(withdrawnBy && { auditEventId: withdrawnBy }),
    }),
    ...(stackRemoved && { stackRemoved: true as const }),
  };
}

function commentOf({ comment, commented, commenterLogin: login, commenterName: name }: Finding) {
  if (!comment || !commented) return {};
  const by = login !== null && { by: userInfo({ login, name: name ?? "" }) };
  return { comment: { text: comment, ...by, at: commented.toISOString() } };
}

/**
 * Pulumi's API has no word for a finding whose policy need not run any more, or which is excepted. It is not fixed. `ignored` is the nearest that it
 * has: it may be violated still, and nobody is asked to mend it.
 */
function shownStatus({ ended, status }: Finding) {
  return ended === "withdrawn" || ended === "excepted" ? ("ignored" as const) : (ended ?? status);
}
