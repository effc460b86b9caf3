import type { IncomingHttpHeaders } from "node:http";
import { newError, warnings } from "@quillon/contract";
import { createUpdate, type UpdateRequest } from "../../actions/create-update.ts";
import { cancelUpdate, endUpdate } from "../../actions/end-update.ts";
import type { ExceptedPack } from "../../actions/excepted-packs.ts";
import { recordBatch } from "../../actions/record-events.ts";
import { startUpdate } from "../../actions/start-update.ts";
import type { StackCtx } from "../../context.ts";
import {
  JOURNAL_VERSION,
  saveCheckpoint,
  saveDelta,
  saveEntries,
  saveVerbatim,
  takesJournal,
} from "../../state/index.ts";
import { findUpdateId, readEvents, readEventsWith, readProgress, renewLease } from "../../updates/index.ts";
import { eventsReply } from "../events-reply.ts";
import { readRequirements } from "../requirements-text.ts";
import { type Handlers, jsonReply, type RawReply } from "../route.ts";
import { appliesExceptions, asksForPulumi, pulumiVersion } from "./clients.ts";
import { type ProgramRequest, tagsOfProgram } from "./program-tags.ts";
import { requiredPolicyOf } from "./required-policies.ts";
import { sentEvents } from "./sent-events.ts";
import { sentDelta, sentEntries, sentState, sentVerbatim } from "./sent-state.ts";
import { unixSeconds } from "./shapes.ts";

/** Pulumi's number of an event: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/cmd/pulumi/policy/policy_exception_new.go */
const POLICY_EVENT = "9";

export const updateHandlers = {
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update": (ctx, { body, headers }) =>
    create(ctx, headers, { ...body, kind: "update" }),
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/preview": (ctx, { body, headers }) =>
    create(ctx, headers, { ...body, kind: "preview" }),
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/refresh": (ctx, { body, headers }) =>
    create(ctx, headers, { ...body, kind: "refresh" }),
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/destroy": (ctx, { body, headers }) =>
    create(ctx, headers, { ...body, kind: "destroy" }),
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}": async (ctx, { params, body }) => {
    const { version, token, expires } = await startUpdate(ctx, { update: params.updateID, tags: body.tags });
    // A CLI that is told more than it has offered sends whole states.
    const journalVersion = Math.min(body.journalVersion ?? 0, JOURNAL_VERSION);
    const journals = journalVersion >= 1 && (await takesJournal(ctx));
    return {
      version,
      token,
      tokenExpiration: unixSeconds(expires),
      ...(journals && { journalVersion }),
    };
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}": async (ctx, { params }) => {
    const { status, ended } = await readProgress(ctx, params.updateID);
    // With any token the CLI asks again; without one it stops:
    // https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/backend.go#L2153
    return {
      status: status === "not-started" ? "not started" : status,
      events: [],
      ...(!ended && { continuationToken: "0" }),
    };
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/events": async (ctx, { params, query }) => {
    const types = query.type === undefined ? [] : [query.type].flat();
    if (query.urn !== undefined || types.some((type) => type !== POLICY_EVENT))
      throw newError("invalid_input", { problem: "events_chosen" });
    const wanted = { update: await findUpdateId(ctx, params.updateID), from: Number(query.continuationToken ?? 0) };
    return eventsReply(
      types.length > 0
        ? await readEventsWith(ctx, { ...wanted, payload: "policyEvent" })
        : await readEvents(ctx, wanted),
    );
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/renew_lease": async (
    ctx,
    { body, headers },
  ) => {
    const expires = await renewLease(ctx, body.duration);
    const [, token = ""] = String(headers.authorization).split(" ");
    return { token, tokenExpiration: unixSeconds(expires) };
  },
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/checkpoint": async (
    ctx,
    { body, raw, span },
  ) => {
    await saveCheckpoint(ctx, sentState(body, { raw, span }));
    return {};
  },
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/checkpointverbatim": async (
    ctx,
    { body, raw, span },
  ) => {
    await saveVerbatim(ctx, sentVerbatim(body, { raw, span }));
    return {};
  },
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/checkpointdelta": async (
    ctx,
    { body, raw, span },
  ) => {
    await saveDelta(ctx, sentDelta(body, { raw, span }));
    return {};
  },
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/journalentries": async (
    ctx,
    { body, raw, span },
  ) => {
    if (!ctx.server.journal) throw newError("journal_refused", { problem: "off" });
    await saveEntries(ctx, sentEntries(body, { raw, span }));
    return {};
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/events/batch": async (
    ctx,
    { body, raw, span },
  ) => {
    await recordBatch(ctx, sentEvents(body, { raw, span }));
    return {};
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/complete": async (ctx, { body }) => {
    await endUpdate(ctx, body.status);
    return {};
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/cancel": async (ctx, { params }) => {
    await cancelUpdate(ctx, params.updateID);
    return {};
  },
} satisfies Partial<Handlers>;

type CreateRequest = ProgramRequest & Omit<UpdateRequest, "tags" | "exceptionsBy" | "basis"> & { basis?: SentBasis };

async function create(ctx: StackCtx, headers: IncomingHttpHeaders, request: CreateRequest): Promise<RawReply> {
  // To the engine of a stack that is elsewhere, the packs are local ones, and of those it applies no exceptions.
  const exceptionsBy = appliesExceptions(headers) && request.backend === undefined ? "engine" : "pack";
  const basis = request.basis && basisOf(ctx, request.basis, request.backend);
  const { id, required } = await createUpdate(ctx, { ...request, tags: tagsOfProgram(request), exceptionsBy, basis });
  return jsonReply({
    updateID: id,
    requiredPolicies: required.map((pack) => ({
      ...requiredPolicyOf(ctx, pack, exceptionsBy === "pack"),
      ...(!asksForPulumi(headers) && { archiveSha256: pack.sha256 }),
    })),
    aiSettings: { copilotIsEnabled: false },
    ...(exceptionsBy === "pack" &&
      messagesOf(request.backend === undefined ? pulumiVersion(headers) : undefined, required)),
  });
}

interface SentBasis {
  requirements?: { text: string; signature: string };
  breakGlass?: string;
  ran?: { from: number; to: number };
}

/** @throws invalid_input, requirements_refused */
function basisOf(
  ctx: StackCtx,
  { requirements, breakGlass, ran: sent }: SentBasis,
  backend: string | undefined,
): UpdateRequest["basis"] {
  // A stack whose state is here is updated by a client that asks what it must run.
  if (backend === undefined || (requirements === undefined) === (breakGlass === undefined))
    throw newError("invalid_input", { problem: "basis" });
  const ran = sent && { from: new Date(sent.from * 1000), to: new Date(sent.to * 1000) };
  const file = requirements && readRequirements(ctx, { ...requirements, moment: ran?.from ?? new Date() });
  return { ...(file && { requirements: file }), breakGlass, ran };
}

/** Of the exceptions that a message names. */
const TOLD = 5;

/**
 * The CLI prints them first: https://github.com/pulumi/pulumi/blob/v3.200.0/pkg/backend/httpstate/backend.go#L1583
 *
 * @param version of the Pulumi CLI; undefined for a stack that is elsewhere, where a newer one would not help.
 */
function messagesOf(version: string | undefined, required: readonly ExceptedPack[]) {
  const messages = required.flatMap(({ name: pack, unapplied: all }) => {
    if (all.length === 0) return [];
    const more = all.length > TOLD ? ` and ${all.length - TOLD} more` : "";
    const ids = `${all.slice(0, TOLD).join(", ")}${more}`;
    const message =
      version === undefined
        ? warnings.exceptions_unapplied_elsewhere({ pack, ids })
        : warnings.exceptions_unapplied({ pack, ids, version });
    return [{ severity: "warning", message }];
  });
  return messages.length > 0 ? { messages } : {};
}
