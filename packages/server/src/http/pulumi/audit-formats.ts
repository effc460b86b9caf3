import { isIPv6 } from "node:net";
import { auditEventType } from "@quillon/contract";
import { csvLine } from "@quillon/report";
import type { AuditedEvent } from "../../audit/index.ts";
import { writeJson } from "../../json/write.ts";
import { wholeAuditEventOf } from "./audit-event.ts";

/** A text format of the audit log, of which each event is one line. */
interface AuditFormat {
  contentType: string;
  /** What comes before the first event. */
  header: string;
  line(event: AuditedEvent): string;
}

const columns: Record<string, (event: AuditedEvent) => string> = {
  id: ({ id }) => id,
  timestamp: ({ at }) => at.toISOString(),
  event: ({ event }) => event,
  description: ({ description }) => description,
  user: ({ login }) => login,
  actorName: ({ name }) => name,
  tokenID: ({ tokenId }) => tokenId ?? "",
  tokenName: ({ tokenName }) => tokenName,
  sourceIP: ({ sourceIp }) => sourceIp,
  authFailure: ({ event }) => String(isRefusal(event)),
};

export const auditFormats: Record<"jsonl" | "csv" | "cef", AuditFormat> = {
  jsonl: {
    contentType: "application/x-ndjson; charset=utf-8",
    header: "",
    line: (event) => `${writeJson(wholeAuditEventOf(event))}\n`,
  },
  csv: {
    contentType: "text/csv; charset=utf-8; header=present",
    header: csvLine(Object.keys(columns)),
    line: (event) => csvLine(Object.values(columns).map((read) => read(event))),
  },
  cef: { contentType: "text/plain; charset=utf-8", header: "", line: cefLine },
};

/** CEF has severities from 0 to 10: 7 and 8 are high. */
const severity = { change: 3, refusal: 7 };

/** A line of the Common Event Format, version 0, without a syslog header. */
function cefLine({ id, at, event, description, login, name, tokenId, tokenName, sourceIp }: AuditedEvent): string {
  const refused = isRefusal(event);
  const words = event.toLowerCase().replaceAll(/[^a-z]+/g, "-");
  const header = ["CEF:0", "Quillon", "Quillon", "1", words, event, refused ? severity.refusal : severity.change];
  const extension: Record<string, string> = {
    rt: String(at.getTime()),
    externalId: id,
    ...sourceOf(sourceIp),
    suser: login,
    ...(name !== login && { cs1Label: "actorName", cs1: name }),
    ...(tokenId && { cs2Label: "tokenID", cs2: tokenId }),
    ...(tokenName && { cs3Label: "tokenName", cs3: tokenName }),
    outcome: refused ? "failure" : "success",
    msg: description,
  };
  const pairs = Object.entries(extension).map(([key, value]) => `${key}=${cefValue(value)}`);
  return `${header.map((field) => cefField(String(field))).join("|")}|${pairs.join(" ")}\n`;
}

/** `src` is for IPv4 only. */
function sourceOf(ip: string): Record<string, string> {
  if (!ip) return {};
  return isIPv6(ip) ? { c6a2Label: "Source IPv6 Address", c6a2: ip } : { src: ip };
}

/** A field of the header, where pipes and backslashes are escaped and line breaks are not allowed. */
export function cefField(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\\|]/g, "\\$&");
}

/** A value of the extension, where equals signs, backslashes and line breaks are escaped. */
export function cefValue(text: string): string {
  return text.replaceAll(/[\\=]/g, "\\$&").replaceAll("\r", "\\r").replaceAll("\n", "\\n");
}

function isRefusal(event: string): boolean {
  return auditEventType(event)?.refusal ?? false;
}
