import { createGroup, editGroup, removeGroup } from "../../actions/change-group.ts";
import { listGroupsOfStack, readCoverage } from "../../enforcement/index.ts";
import {
  checkAccountRule,
  listGroupAccounts,
  listGroups,
  listMatches,
  listMembers,
  readWholeGroup,
} from "../../groups/index.ts";
import { elementsOf, membersOf } from "../../json/span.ts";
import { groupEtag, readSeenChanges } from "../group-etag.ts";
import { type Handlers, jsonReply, listReply, warningHeader } from "../route.ts";
import { readBatchedEdit, readEdit, readRules, refuseContradiction } from "./group-edit.ts";
import { coverageOf, groupOf, groupSummaryOf, groupWarning, matchCountsOf, memberOf } from "./group-shapes.ts";

/**
 * The CLI lists groups and sends their edits: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L915
 * Newer CLIs read one group, make and remove it, too: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/backend/httpstate/client/client.go#L1743
 */
export const policyGroupHandlers = {
  "GET /api/orgs/{orgName}/policygroups": async (ctx, { headers }) =>
    listReply("policyGroups", listGroups(ctx), (group) => groupSummaryOf(group, headers)),
  "POST /api/orgs/{orgName}/policygroups": async (ctx, { body, raw }) => {
    const { name, entityType, mode, agentPoolId } = body;
    await createGroup(ctx, { name, entityType, mode, agentPoolId, ...readRules(body, membersOf(raw)) });
    return {};
  },
  "GET /api/orgs/{orgName}/policygroups/metadata": async (ctx) => coverageOf(await readCoverage(ctx)),
  "GET /api/orgs/{orgName}/policygroups/{policyGroup}": async (ctx, { params, headers }) => {
    const group = await readWholeGroup(ctx, params.policyGroup);
    return jsonReply(groupOf(group, headers), {
      etag: groupEtag(group),
      vary: "user-agent, accept",
      ...warningHeader(groupWarning(group)),
    });
  },
  "PATCH /api/orgs/{orgName}/policygroups/{policyGroup}": async (ctx, { params, body, raw, headers }) => {
    refuseContradiction([body]);
    const seen = readSeenChanges(headers["if-match"]);
    return jsonReply({}, warningHeader(await editGroup(ctx, params.policyGroup, [readEdit(body, raw)], seen)));
  },
  "PATCH /api/orgs/{orgName}/policygroups/{policyGroup}/batch": async (ctx, { params, body, raw, headers }) => {
    refuseContradiction(body);
    const texts = elementsOf(raw);
    const edits = body.map((edit, index) => readBatchedEdit(edit, texts[index] ?? Buffer.alloc(0)));
    const seen = readSeenChanges(headers["if-match"]);
    return jsonReply({}, warningHeader(await editGroup(ctx, params.policyGroup, edits, seen)));
  },
  "DELETE /api/orgs/{orgName}/policygroups/{policyGroup}": async (ctx, { params }) => {
    await removeGroup(ctx, params.policyGroup);
    return {};
  },
  "GET /api/orgs/{orgName}/policygroups/{policyGroup}/stacks": async (ctx, { params, query }) => {
    const { source, count, continuationToken: token } = query;
    const { members, continuationToken } = await listMembers(ctx, params.policyGroup, { source, limit: count, token });
    const stacks = members.map(({ source, ...stack }) => ({ ...memberOf(stack), source }));
    return { stacks, ...(continuationToken && { continuationToken }) };
  },
  "GET /api/orgs/{orgName}/policygroups/{policyGroup}/accounts": async (ctx, { params, query }) => {
    const { source, count, continuationToken: token } = query;
    const page = await listGroupAccounts(ctx, params.policyGroup, { source, limit: count, token });
    const accounts = page.accounts.map((name) => ({ id: name, name, source: "explicit" as const, tags: {} }));
    return { accounts, ...(page.continuationToken && { continuationToken: page.continuationToken }) };
  },
  "POST /api/orgs/{orgName}/policygroups/accountmatchrule/preview": async (_, { query, raw }) => {
    checkAccountRule(String(membersOf(raw).get("accountMatchRule")), query.continuationToken);
    return { accounts: [], matchedCount: 0, totalCount: 0 };
  },
  "POST /api/orgs/{orgName}/policygroups/stackmatchrule/preview": async (ctx, { body, query, raw }) => {
    const { count, continuationToken: token } = query;
    const rule = String(membersOf(raw).get("stackMatchRule"));
    const matches = await listMatches(ctx, rule, { search: body.search, limit: count, token });
    const { stacks, counts, continuationToken } = matches;
    return {
      stacks: stacks.map(memberOf),
      ...matchCountsOf(counts),
      ...(continuationToken && { continuationToken }),
    };
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/policygroups": async (ctx, { query, headers }) =>
    listReply("policyGroups", listGroupsOfStack(ctx, query.mode), (group) => groupSummaryOf(group, headers)),
} satisfies Partial<Handlers>;
