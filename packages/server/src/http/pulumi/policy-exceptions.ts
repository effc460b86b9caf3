import { type ExceptionRequest, warnings } from "@quillon/contract";
import { removeException } from "../../actions/remove-exception.ts";
import type { OrgCtx } from "../../context.ts";
import {
  type Exception,
  type ExceptionRequestRow,
  exceptionId,
  makeException,
  readException,
  readExceptions,
  readWhole,
  type StackNotes,
  type WholeException,
  type Wish,
} from "../../exceptions/index.ts";
import { type Handlers, jsonReply, type RawReply, warningHeader } from "../route.ts";
import { asksForPulumi } from "./clients.ts";
import { userInfo } from "./shapes.ts";

export const policyExceptionHandlers = {
  "GET /api/orgs/{orgName}/policy/exceptions": async (ctx, { query }) => {
    const { policyPack: pack, policy, stack, continuationToken, maxResults: size } = query;
    const found = await readExceptions(ctx, {
      pack,
      policy,
      stack,
      active: wantsActive(query.status),
      continuationToken,
      size,
    });
    return {
      exceptions: found.exceptions.map(exceptionOf),
      ...(found.continuationToken && { continuationToken: found.continuationToken }),
    };
  },
  "POST /api/orgs/{orgName}/policy/exceptions": (ctx, { body }) => make(ctx, body),
  "GET /api/orgs/{orgName}/policy/exceptions/{exceptionId}": async (ctx, { params, headers }) =>
    asksForPulumi(headers)
      ? exceptionOf(await readException(ctx, params.exceptionId))
      : wholeOf(await readWhole(ctx, params.exceptionId)),
  "DELETE /api/orgs/{orgName}/policy/exceptions/{exceptionId}": async (ctx, { params }) =>
    exceptionOf(await removeException(ctx, params.exceptionId)),
} satisfies Partial<Handlers>;

async function make(ctx: OrgCtx, body: ExceptionRequest): Promise<RawReply> {
  const { exception, existed, notes } = await makeException(ctx, wishOf(body));
  const id = exceptionId(exception.number);
  // The CLI takes a 200 for one that there was: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/backend/httpstate/client/client.go#L2108
  return jsonReply(exceptionOf(exception), warningHeader(warningOf(id, notes)), existed ? 200 : 201);
}

/** What somebody is warned of who made an exception, or asks for or agrees to one, which has no id yet. */
export function warningOf(id: string | undefined, { pack, effect, unknown, older }: StackNotes): string | undefined {
  const named = id === undefined ? {} : { id };
  const stacks = listed(older.map(({ project, stack, version }) => `${project}/${stack} (${version})`));
  const told = [
    ...(unknown.length > 0 ? [warnings.exception_stacks({ ...named, stacks: listed(unknown) })] : []),
    ...(older.length > 0 && effect !== "applied"
      ? [warnings.exception_clients({ ...named, stacks, pack, effect })]
      : []),
  ];
  return told.length > 0 ? told.join(" ") : undefined;
}

export function wishOf({ policyPack: pack, match, reason, expiresInSeconds }: ExceptionRequest): Wish {
  return { pack, match, reason, seconds: expiresInSeconds ?? undefined };
}

type Statuses = "active" | "removed" | ("active" | "removed")[] | undefined;

/** Without any status only active ones are asked for. */
export function wantsActive(status: Statuses = []): boolean | undefined {
  const wanted = [status].flat();
  if (wanted.includes("removed")) return wanted.includes("active") ? undefined : false;
  return true;
}

const TOLD = 5;

function listed(stacks: readonly string[]): string {
  const more = stacks.length > TOLD ? ` and ${stacks.length - TOLD} more` : "";
  return `${stacks.length === 1 ? "stack" : "stacks"} ${stacks.slice(0, TOLD).join(", ")}${more}`;
}

/** An exception in Pulumi's API. */
export function exceptionOf(exception: Exception) {
  const { number, pack, match, reason, expiresAt, requestId, createdAt, createdBy, removedAt, removedBy } = exception;
  return {
    id: exceptionId(number),
    policyPack: pack,
    match,
    reason,
    status: removedAt ? ("removed" as const) : ("active" as const),
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    ...(requestId && { changeRequestId: requestId }),
    ...(createdBy && { createdBy: userInfo(createdBy) }),
    createdAt: createdAt.toISOString(),
    ...(removedBy && { removedBy: userInfo(removedBy) }),
    ...(removedAt && { removedAt: removedAt.toISOString() }),
  };
}

/** With what Pulumi's API does not have. */
function wholeOf({ neededAt, request, notes, ...exception }: WholeException) {
  return {
    ...exceptionOf(exception),
    ...(neededAt && { lastNeededAt: neededAt.toISOString() }),
    ...(request && { changeRequest: approvalOf(request) }),
    underOlderClis: underOlderClis(notes),
  };
}

function approvalOf({ createdAt, approvedBy, approvedAt, approvalComment }: ExceptionRequestRow) {
  return {
    createdAt: createdAt.toISOString(),
    ...(approvedBy && { approvedBy: userInfo(approvedBy) }),
    ...(approvedAt && { approvedAt: approvedAt.toISOString() }),
    ...(approvalComment && { approvalComment }),
  };
}

export function underOlderClis({ effect, older }: StackNotes) {
  return { effect, stacks: [...older] };
}
