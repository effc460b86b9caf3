import { fail } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { verbatim } from "../json/write.ts";
import { listEvents } from "./queries.ts";

const PAGE = 100;

export interface AuditQuery {
  continuationToken?: string;
  /** Seconds since 1970, the last one whole. */
  startTime?: number;
  endTime?: number;
  eventFilter?: string;
  userFilter?: string;
}

/** One page of the organization's log, newest first; the token of the next is there when there is one. */
export async function readAuditLog(ctx: OrgCtx, asked: AuditQuery) {
  const { startTime, endTime, eventFilter: event, userFilter: login } = asked;
  const filter = { from: secondOf(startTime), until: secondOf(endTime, 1), event, login };
  const before = parseToken(asked.continuationToken);
  const rows = await listEvents(ctx.db, ctx.org.id, { filter, before, limit: PAGE + 1 });
  const page = rows.slice(0, PAGE);
  return {
    auditLogEvents: page.map((row) => ({
      timestamp: Math.floor(row.at.getTime() / 1000),
      sourceIP: row.source_ip,
      event: row.event,
      description: row.description,
      user: { name: row.name, githubLogin: row.login, avatarUrl: "" },
      actorName: row.name,
      ...(row.token_name && { tokenName: row.token_name }),
      ...(row.before !== null && { before: verbatim(row.before) }),
      ...(row.after !== null && { after: verbatim(row.after) }),
    })),
    ...(rows.length > PAGE && { continuationToken: page.at(-1)?.id ?? "" }),
  };
}

/** Pulumi's clients know times by whole seconds: an event of the last one belongs to it. */
function secondOf(seconds: number | undefined, more = 0): Date | undefined {
  return seconds === undefined ? undefined : new Date((seconds + more) * 1000);
}

function parseToken(token: string | undefined): string | undefined {
  if (!token) return undefined;
  if (/^\d{1,18}$/.test(token)) return token;
  throw fail("invalid_input", { where: "continuationToken", problem: "it is not one that this server gave out" });
}
