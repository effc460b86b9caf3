import type { ExceptionRequest } from "@quillon/contract";
import type { OrgCtx } from "../../context.ts";
import {
  applyRequest,
  approveRequest,
  closeRequest,
  commentRequest,
  draftException,
  type ExceptionRequestRow,
  exceptionId,
  notesOf,
  REVISION,
  readRequest,
  readRequestEvents,
  submitRequest,
  unapproveRequest,
} from "../../exceptions/index.ts";
import { type Handlers, jsonReply, warningHeader } from "../route.ts";
import { changeRequestEvents } from "./change-request-events.ts";
import { warningOf, wishOf } from "./policy-exceptions.ts";
import { userInfo } from "./shapes.ts";

/** What Pulumi's API calls a change request: here, always an exception that somebody asks for. */
export const changeRequestHandlers = {
  "POST /api/orgs/{orgName}/policy/exceptions/drafts": async (ctx, { body }) => {
    const wish = wishOf(body);
    const request = await draftException(ctx, wish);
    const warning = warningHeader(warningOf(undefined, await notesOf(ctx, wish)));
    return jsonReply(draftOf(body, request), warning, 201);
  },
  "GET /api/change-requests/{orgName}/{changeRequestId}": async (ctx, { params }) =>
    changeRequestOf(ctx, await readRequest(ctx, params.changeRequestId)),
  "POST /api/change-requests/{orgName}/{changeRequestId}/submit": async (ctx, { params, body }) => {
    await submitRequest(ctx, params.changeRequestId, body.description ?? "");
    return {};
  },
  "POST /api/change-requests/{orgName}/{changeRequestId}/approve": async (ctx, { params, body }) => {
    const { revisionNumber: revision, comment } = body;
    await approveRequest(ctx, params.changeRequestId, { revision, comment: comment ?? "" });
    const request = await readRequest(ctx, params.changeRequestId);
    return jsonReply({}, warningHeader(warningOf(undefined, await notesOf(ctx, request))));
  },
  "DELETE /api/change-requests/{orgName}/{changeRequestId}/approve": async (ctx, { params }) => {
    await unapproveRequest(ctx, params.changeRequestId, "");
    return {};
  },
  "POST /api/change-requests/{orgName}/{changeRequestId}/apply": async (ctx, { params }) => {
    const { exception, notes } = await applyRequest(ctx, params.changeRequestId);
    const id = exceptionId(exception.number);
    const entityUrl = `${ctx.url}/api/orgs/${ctx.org.name}/policy/exceptions/${id}`;
    const until = exception.expiresAt ? `, until ${exception.expiresAt.toISOString()}` : "";
    const message = `Policy exception ${id} is in effect from the next update or preview on${until}.`;
    return jsonReply({ entityUrl, message }, warningHeader(warningOf(id, notes)));
  },
  "POST /api/change-requests/{orgName}/{changeRequestId}/close": async (ctx, { params, body }) => {
    await closeRequest(ctx, params.changeRequestId, body.comment ?? "");
    return {};
  },
  "POST /api/change-requests/{orgName}/{changeRequestId}/comments": async (ctx, { params, body }) => {
    await commentRequest(ctx, params.changeRequestId, body.comment ?? "");
    return {};
  },
  "GET /api/change-requests/{orgName}/{changeRequestId}/events": async (ctx, { params, query }) => {
    const { changeRequestId: id } = params;
    const { events, continuationToken } = await readRequestEvents(ctx, id, query.continuationToken);
    return {
      events: events.flatMap((event) => changeRequestEvents(id, event)),
      continuationToken: continuationToken ?? null,
    };
  },
} satisfies Partial<Handlers>;

function draftOf(sent: ExceptionRequest, { id }: ExceptionRequestRow) {
  return { ...sent, changeRequestId: id, latestRevisionNumber: REVISION };
}

function changeRequestOf({ org }: OrgCtx, request: ExceptionRequestRow) {
  const { id, status, description, createdAt, createdBy } = request;
  return {
    id,
    status,
    orgID: org.id,
    createdBy: userInfo(createdBy ?? { login: "", name: "" }),
    description,
    createdAt: createdAt.toISOString(),
    action: "create" as const,
    entity: { entityType: "policy_exceptions" as const, organization: org.name },
    latestRevisionNumber: REVISION,
    // Pulumi's gates have details of kinds that are not ours, and the CLI reads none of them.
    gateEvaluation: { satisfied: status === "ready" || status === "applied", applicableGates: [] },
  };
}
