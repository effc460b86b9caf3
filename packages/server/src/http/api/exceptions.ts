import {
  type ExceptedRun,
  type ExceptionRequestRow,
  type ExceptionRules,
  exceptionId,
  notesOf,
  readEffect,
  readExceptionRules,
  readExceptionsOf,
  readRequest,
  readRequests,
  setExceptionRules,
} from "../../exceptions/index.ts";
import { etagOf, isSeen } from "../etag.ts";
import { underOlderClis } from "../pulumi/policy-exceptions.ts";
import { userInfo } from "../pulumi/shapes.ts";
import { type Handlers, jsonReply } from "../route.ts";

export const exceptionHandlers = {
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/exceptions": async (
    ctx,
    { params },
  ) => {
    const { id, packs } = await readExceptionsOf(ctx, params.updateID);
    return { updateID: id, packs: packs.map(packOf) };
  },
  "GET /api/quillon/orgs/{orgName}/exception-requests": async (ctx, { query }) => {
    const { requests, continuationToken } = await readRequests(ctx, query);
    return { requests: requests.map(requestOf), ...(continuationToken && { continuationToken }) };
  },
  "GET /api/quillon/orgs/{orgName}/exception-requests/{changeRequestId}": async (ctx, { params }) => {
    const request = await readRequest(ctx, params.changeRequestId);
    return { ...requestOf(request), underOlderClis: underOlderClis(await notesOf(ctx, request)) };
  },
  "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/exception-effect": async (ctx, { params }) => ({
    underOlderClis: await readEffect(ctx, params.policyPackName),
  }),
  "GET /api/quillon/orgs/{orgName}/exception-rule": async (ctx) => ruleReply(await readExceptionRules(ctx)),
  "PUT /api/quillon/orgs/{orgName}/exception-rule": async (ctx, { body, headers }) =>
    ruleReply(await setExceptionRules(ctx, body, (now) => isSeen(headers["if-match"], now))),
} satisfies Partial<Handlers>;

const ruleReply = (rules: ExceptionRules) => jsonReply(rules, { etag: etagOf(rules) });

function requestOf(request: ExceptionRequestRow) {
  const { id, status, pack, match, reason, seconds, description, createdAt, exception } = request;
  const { createdBy, approvedBy, closedBy, approvedAt, approvalComment, closedAt, closeComment } = request;
  return {
    id,
    status,
    policyPack: pack,
    match,
    reason,
    ...(seconds !== null && { expiresInSeconds: seconds }),
    description,
    ...(createdBy && { createdBy: userInfo(createdBy) }),
    createdAt: createdAt.toISOString(),
    ...(approvedBy && { approvedBy: userInfo(approvedBy) }),
    ...(approvedAt && { approvedAt: approvedAt.toISOString() }),
    ...(approvalComment && { approvalComment }),
    ...(closedBy && { closedBy: userInfo(closedBy) }),
    ...(closedAt && { closedAt: closedAt.toISOString() }),
    ...(closeComment && { closeComment }),
    ...(exception !== null && { exceptionId: exceptionId(exception) }),
  };
}

function packOf({ pack, version, tag, exceptions, exceptionsBy }: ExceptedRun) {
  return {
    policyPack: pack,
    version,
    versionTag: tag ?? "",
    appliedBy: exceptionsBy,
    exceptions: exceptions.map(({ id, reason, expiresAt, match }) => ({
      id,
      reason,
      ...(expiresAt && { expiresAt: new Date(expiresAt).toISOString() }),
      match: match.map(({ policies, targets }) => ({ policies: [...policies], targets: [...targets] })),
    })),
  };
}
