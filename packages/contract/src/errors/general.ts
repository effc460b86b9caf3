import type { ErrorTable } from "./table.ts";

/** Errors of any request. */
export const generalErrors = {
  bad_request: { status: 400, message: (p: { problem: string }) => p.problem },
  invalid_input: {
    status: 400,
    message: (p: { where: string; problem: string }) => `The request's ${p.where} is not valid: ${p.problem}.`,
  },
  invalid_json: { status: 400, message: (p: { problem: string }) => `The body is not JSON: ${p.problem}.` },
  invalid_gzip: {
    status: 400,
    message: (_: object) => "The body says Content-Encoding: gzip, but it is not a complete gzip stream.",
  },
  unsupported_encoding: {
    status: 415,
    message: (p: { encoding: string }) => `Content-Encoding ${p.encoding} is not supported: send gzip or none.`,
  },
  unsupported_media_type: {
    status: 415,
    message: (p: { mediaType: string }) => `Content-Type ${p.mediaType} is not supported here: send application/json.`,
  },
  body_too_large: {
    status: 413,
    message: (p: { limit: number }) => `The body is larger than ${p.limit} bytes (counted after decompression).`,
  },
  unauthorized: { status: 401, message: (_: object) => "Unauthorized: No credentials provided or are invalid." },
  forbidden: { status: 403, message: (p: { need: string }) => `You may not do this: it needs ${p.need}.` },
  route_not_found: {
    status: 404,
    message: (p: { method: string; path: string }) =>
      `There is no ${p.method} ${p.path} here; a Pulumi CLI command that asks for it needs a part of Pulumi Cloud that Quillon does not have.`,
  },
  method_not_allowed: {
    status: 405,
    message: (p: { method: string; path: string; allowed: string }) =>
      `${p.path} does not take ${p.method}, only ${p.allowed}.`,
  },
  internal: {
    status: 500,
    message: (p: { requestId: string }) => `The server failed; its log has the reason under request ${p.requestId}.`,
  },
  not_ready: { status: 503, message: (p: { problem: string }) => `The server is not ready: ${p.problem}.` },
  removed_meanwhile: {
    status: 409,
    message: (_: object) => "Something that this change is about was removed a moment ago. Look again, then repeat it.",
  },
} as const satisfies ErrorTable;
