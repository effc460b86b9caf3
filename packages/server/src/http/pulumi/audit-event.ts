import { auditEventType } from "@quillon/contract";
import type { AuditedEvent } from "../../audit/index.ts";
import { verbatim } from "../../json/write.ts";
import { unixSeconds, userInfo } from "./shapes.ts";

/** An event as Pulumi's API has it. */
export function auditEventOf(audited: AuditedEvent) {
  const { at, sourceIp, event, description, tokenId, tokenName, login, name } = audited;
  const { requires, refusal } = auditEventType(event) ?? {};
  return {
    timestamp: unixSeconds(at),
    sourceIP: sourceIp,
    event,
    description,
    user: userInfo({ login, name }),
    actorName: name,
    ...(tokenId && { tokenID: tokenId }),
    ...(tokenName && { tokenName }),
    ...(requires === "org:admin" && { reqOrgAdmin: true }),
    ...(requires === "stack:admin" && { reqStackAdmin: true }),
    ...(refusal && { authFailure: true }),
  };
}

/** The same with what it changed, which Pulumi's API does not have. */
export function wholeAuditEventOf(audited: AuditedEvent) {
  const { before, after } = audited;
  return {
    ...auditEventOf(audited),
    ...(before !== null && { before: verbatim(before) }),
    ...(after !== null && { after: verbatim(after) }),
  };
}
