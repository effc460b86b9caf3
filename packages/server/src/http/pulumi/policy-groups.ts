import {
  createGroup,
  editGroup,
  listGroups,
  listGroupsOfStack,
  readCoverage,
  readGroupWhole,
  removeGroup,
} from "../../groups/index.ts";
import { elementsOf } from "../../json/span.ts";
import { readEdit } from "../policy-edit.ts";
import { type Handlers, json, warning } from "../route.ts";

export const policyGroupHandlers = {
  "GET /api/orgs/{orgName}/policygroups": async (ctx) => ({ policyGroups: await listGroups(ctx) }),
  "POST /api/orgs/{orgName}/policygroups": async (ctx, { body }) => {
    await createGroup(ctx, body);
    return {};
  },
  "GET /api/orgs/{orgName}/policygroups/metadata": (ctx) => readCoverage(ctx),
  "GET /api/orgs/{orgName}/policygroups/{policyGroup}": async (ctx, { params }) => {
    const { answer, etag } = await readGroupWhole(ctx, params.policyGroup);
    return json(answer, { etag, ...warning(answer.notEvaluated) });
  },
  "PATCH /api/orgs/{orgName}/policygroups/{policyGroup}": async (ctx, { params, body, raw, headers }) => {
    const hint = await editGroup(ctx, params.policyGroup, [readEdit(body, raw)], headers["if-match"]);
    return json({}, warning(hint));
  },
  "PATCH /api/orgs/{orgName}/policygroups/{policyGroup}/batch": async (ctx, { params, body, raw, headers }) => {
    const texts = elementsOf(raw);
    const edits = body.map((edit, index) => readEdit(edit, texts[index] ?? Buffer.alloc(0)));
    const hint = await editGroup(ctx, params.policyGroup, edits, headers["if-match"]);
    return json({}, warning(hint));
  },
  "DELETE /api/orgs/{orgName}/policygroups/{policyGroup}": async (ctx, { params }) => {
    await removeGroup(ctx, params.policyGroup);
    return {};
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/policygroups": async (ctx, { query }) => ({
    policyGroups: await listGroupsOfStack(ctx, query.mode),
  }),
} satisfies Partial<Handlers>;
