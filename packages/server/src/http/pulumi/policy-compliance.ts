import type { Api, BodyOf } from "@quillon/contract";
import type { OrgCtx } from "../../context.ts";
import {
  type PolicyRow,
  percentOfPolicy,
  policyFilterFields,
  policySortFields,
  readFilter,
  readPolicyScores,
  readRows,
  readScoreTotals,
  readSeverityScores,
  readSortOf,
  readStackScores,
  type ScoreTable,
} from "../../findings/index.ts";
import type { Handlers } from "../route.ts";

type Compliance = Api["POST /api/orgs/{orgName}/policyresults/compliance"];
type Policies = Api["POST /api/orgs/{orgName}/policyresults/policies"];

export const policyComplianceHandlers = {
  "POST /api/orgs/{orgName}/policyresults/compliance": compliance,
  "GET /api/orgs/{orgName}/policyresults/metadata": metadata,
  "POST /api/orgs/{orgName}/policyresults/policies": policies,
  "POST /api/orgs/{orgName}/policy/findings/compliance": compliance,
  "GET /api/orgs/{orgName}/policy/findings/metadata": metadata,
  "POST /api/orgs/{orgName}/policy/findings/policies": policies,
} satisfies Partial<Handlers>;

async function compliance(ctx: OrgCtx, { body }: { body: BodyOf<Compliance> }) {
  const { columns, rows, continuationToken } = await tableOf(ctx, body);
  return {
    columns,
    rows: rows.map(({ name, percents }) => ({ entityName: name, scores: percents })),
    ...(continuationToken && { continuationToken }),
  };
}

async function tableOf(ctx: OrgCtx, { entity, size, continuationToken }: BodyOf<Compliance>): Promise<ScoreTable> {
  if (entity === "stack")
    return readStackScores(ctx, { size: size ?? 100, continuationToken: continuationToken ?? undefined });
  return entity === "severity" ? readSeverityScores(ctx) : { columns: [], rows: [] };
}

async function metadata(ctx: OrgCtx) {
  const { policies, failingPolicies, governed, clean } = await readScoreTotals(ctx);
  return {
    policyTotalCount: policies,
    policyWithIssuesCount: failingPolicies,
    resourcesTotalCount: governed,
    resourcesWithIssuesCount: governed - clean,
  };
}

async function policies(ctx: OrgCtx, { body }: { body: BodyOf<Policies> }) {
  const { policies, count } = await readPolicyScores(ctx, {
    where: readFilter(body.filterModel, policyFilterFields),
    sort: readSortOf(body.sortModel, policySortFields),
    rows: readRows(body.startRow, body.endRow),
  });
  return { policies: policies.map(rowOf), totalCount: count };
}

function rowOf(row: PolicyRow) {
  return {
    policyName: row.policy,
    policyPack: row.pack,
    policyGroupName: row.group_name,
    policyGroupType: row.group_mode,
    severity: row.severity,
    governedResources: row.governed,
    failingResources: row.failing,
    percentCompliant: percentOfPolicy(row),
  };
}
