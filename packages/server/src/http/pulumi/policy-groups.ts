import { editGroup, removeGroup } from "../../actions/edit-group.ts";
import { listGroupsOfStack, readCoverage } from "../../enforcement/index.ts";
import { createGroup, listGroups, readWholeGroup } from "../../groups/index.ts";
import { elementsOf } from "../../json/span.ts";
import { groupEtag, readIfMatch } from "../group-etag.ts";
import { type Handlers, jsonReply, warningHeader } from "../route.ts";
import { readBatchedEdit, readEdit } from "./group-edit.ts";
import { coverageOf, groupOf, groupSummaryOf } from "./group-shapes.ts";

/**
 * The CLI lists groups and sends their edits: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L915
 * Newer CLIs read one group, make and remove it, too: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/backend/httpstate/client/client.go#L1743
 */
export const policyGroupHandlers = {
  "GET /api/orgs/{orgName}/policygroups": async (ctx) => ({
    policyGroups: (await listGroups(ctx)).map(groupSummaryOf),
  }),
  "POST /api/orgs/{orgName}/policygroups": async (ctx, { body }) => {
    await createGroup(ctx, body);
    return {};
  },
  "GET /api/orgs/{orgName}/policygroups/metadata": async (ctx) => coverageOf(await readCoverage(ctx)),
  "GET /api/orgs/{orgName}/policygroups/{policyGroup}": async (ctx, { params, headers }) => {
    const group = await readWholeGroup(ctx, params.policyGroup);
    // https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/api.go#L226
    const client = headers["user-agent"]?.startsWith("pulumi-cli/") ? "cli" : "other";
    const reply = groupOf(group, client);
    return jsonReply(reply, { etag: groupEtag(group), vary: "user-agent", ...warningHeader(reply.notEvaluated) });
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
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/policygroups": async (ctx, { query }) => ({
    policyGroups: (await listGroupsOfStack(ctx, query.mode)).map(groupSummaryOf),
  }),
} satisfies Partial<Handlers>;
