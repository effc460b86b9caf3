import { createGroup, editGroup, removeGroup } from "../../actions/change-group.ts";
import { listGroupsOfStack, readCoverage } from "../../enforcement/index.ts";
import { listGroups, readWholeGroup } from "../../groups/index.ts";
import { elementsOf } from "../../json/span.ts";
import { groupEtag, readIfMatch } from "../group-etag.ts";
import { type Handlers, jsonReply, listReply, warningHeader } from "../route.ts";
import { readBatchedEdit, readEdit } from "./group-edit.ts";
import { coverageOf, groupOf, groupSummaryOf, notEvaluated } from "./group-shapes.ts";

/**
 * The CLI lists groups and sends their edits: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L915
 * Newer CLIs read one group, make and remove it, too: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/backend/httpstate/client/client.go#L1743
 */
export const policyGroupHandlers = {
  "GET /api/orgs/{orgName}/policygroups": async (ctx, { headers }) =>
    listReply("policyGroups", listGroups(ctx), (group) => groupSummaryOf(group, headers)),
  "POST /api/orgs/{orgName}/policygroups": async (ctx, { body }) => {
    await createGroup(ctx, body);
    return {};
  },
  "GET /api/orgs/{orgName}/policygroups/metadata": async (ctx) => coverageOf(await readCoverage(ctx)),
  "GET /api/orgs/{orgName}/policygroups/{policyGroup}": async (ctx, { params, headers }) => {
    const group = await readWholeGroup(ctx, params.policyGroup);
    return jsonReply(groupOf(group, headers), {
      etag: groupEtag(group),
      vary: "user-agent, accept",
      ...warningHeader(notEvaluated(group)),
    });
  },
  "PATCH /api/orgs/{orgName}/policygroups/{policyGroup}": async (ctx, { params, body, raw, headers }) => {
    const seen = readIfMatch(headers["if-match"]);
    return jsonReply({}, warningHeader(await editGroup(ctx, params.policyGroup, [readEdit(body, raw)], seen)));
  },
  "PATCH /api/orgs/{orgName}/policygroups/{policyGroup}/batch": async (ctx, { params, body, raw, headers }) => {
    const texts = elementsOf(raw);
    const edits = body.map((edit, index) => readBatchedEdit(edit, texts[index] ?? Buffer.alloc(0)));
    const seen = readIfMatch(headers["if-match"]);
    return jsonReply({}, warningHeader(await editGroup(ctx, params.policyGroup, edits, seen)));
  },
  "DELETE /api/orgs/{orgName}/policygroups/{policyGroup}": async (ctx, { params }) => {
    await removeGroup(ctx, params.policyGroup);
    return {};
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/policygroups": async (ctx, { query, headers }) =>
    listReply("policyGroups", listGroupsOfStack(ctx, query.mode), (group) => groupSummaryOf(group, headers)),
} satisfies Partial<Handlers>;
