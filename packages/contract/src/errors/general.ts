import { type ErrorTable, oneOf } from "./table.ts";

/** Errors of any request. */
export const generalErrors = {
  /** `problem` is the whole sentence of the HTTP framework. */
  bad_request: { status: 400, message: (p: { problem: string }) => p.problem },
  invalid_input: {
    status: 400,
    message: oneOf({
      /** `found` is the schema validator's own text. */
      schema: (p: { where: string; found: string }) => `The request's ${p.where} is not valid: ${p.found}.`,
      /** `nearest` is the known field that is most like `field`, and `known` are all of them. */
      unknown_field: (p: { where: string; field: string; nearest: string | undefined; known: string }) =>
        `Nothing was changed: the request's ${p.where} has the unknown field ${JSON.stringify(p.field)}. ${
          p.nearest ? `Did you mean ${p.nearest}?` : `Known are ${p.known}.`
        }`,
      /** `nearest` is the event that is most like it. */
      audit_event: (p: { event: string; nearest: string | undefined }) =>
        `The audit log has no event ${JSON.stringify(p.event)}. ${
          p.nearest ? `Did you mean ${JSON.stringify(p.nearest)}?` : "Its events are listed at auditlogs/event-types."
        }`,
      continuation_token: (_: object) =>
        "The continuationToken is not one that this server gave out. Leave it out to read the list from its start.",
      days: (p: { limit: number }) =>
        `From and until must be days such as 2030-01-31, from the earlier to the later, and at most ${p.limit} days apart.`,
      events_chosen: (_: object) =>
        "This server can choose only events of type 9, the violations of policies, and none by URN. Read all of them, and choose from those.",
      unstorable_text: (_: object) =>
        "The request has a text with a character that can't be stored, such as NUL. Remove the character.",
      group_kind_missing: (_: object) =>
        "The request's body has neither mode nor entityType. Send the mode: preventative or audit.",
      role_missing: (_: object) => "The request's body has neither role nor fgaRoleId. Send one of them.",
      expiry_beyond_own: (p: { until: string }) =>
        `Your own token expires at ${p.until}, and this request would make one that is valid for longer. Ask for an expires that is not later, or use a token that never expires.`,
      limited_role: (p: { role: string }) =>
        `An access token that is limited to projects is a member of the organization, and this request asks for the role ${p.role}. Leave the role out, or the projects.`,
      nested_too_deep: (p: { limit: number }) =>
        `The request's body is nested more than ${p.limit} levels deep. Send it with fewer levels.`,
      too_many_values: (p: { limit: number }) =>
        `The request's body has more than ${p.limit} values. Send fewer of them in one request.`,
      number_too_large: (_: object) => "The request has a number that is too large to be stored. Send a smaller one.",
      backend_url: (_: object) =>
        "The request's backend is not the whole URL of a backend, such as s3://BUCKET/FOLDER or file:///FOLDER.",
      expiry_far: (p: { days: number }) =>
        `The request's expires is more than ${p.days} days away. Send an earlier time, in unix seconds.`,
      basis: (_: object) =>
        "The request's basis must have either requirements or breakGlass, and its stack's state must be in another backend, which the request names.",
      expiry_past: (_: object) => "The request's expires is in the past. Send a time in the future, in unix seconds.",
    }),
  },
  bad_url: {
    status: 400,
    message: (_: object) =>
      "The request's path is not valid: each % in it must begin two hexadecimal digits, and together they must be UTF-8.",
  },
  bad_host: {
    status: 400,
    message: (_: object) => "The request's Host header is not a host name or address with an optional port.",
  },
  invalid_json: { status: 400, message: (p: { problem: string }) => `The body is not JSON: ${p.problem}.` },
  invalid_gzip: {
    status: 400,
    message: (_: object) => "The body says Content-Encoding: gzip, but it is not a complete gzip stream.",
  },
  unsupported_encoding: {
    status: 415,
    message: (p: { encoding: string }) =>
      `Content-Encoding ${p.encoding} is not supported. Send the body with gzip, or without an encoding.`,
  },
  unsupported_media_type: {
    status: 415,
    message: (p: { mediaType: string }) => `Content-Type ${p.mediaType} is not supported here. Send application/json.`,
  },
  body_too_large: {
    status: 413,
    /** `setting` is its flag and its variable. */
    message: (p: { limit: number; setting: string }) =>
      `The body is larger than ${p.limit} bytes (counted after decompression). The server's setting ${p.setting} is the limit.`,
  },
  body_incomplete: {
    status: 400,
    message: (_: object) => "The connection was closed before the body was complete. Send the request again.",
  },
  body_too_slow: {
    status: 408,
    message: (_: object) => "The body came too slowly: after 20 seconds it must bring at least 8 KiB each second.",
  },
  headers_too_slow: {
    status: 408,
    message: (_: object) => "The request's URL and headers did not come within a minute. Send the request again.",
  },
  headers_too_large: {
    status: 431,
    message: (p: { limit: number }) =>
      `The request's URL and headers are longer than ${p.limit} bytes. Send fewer or shorter ones.`,
  },
  range_outside: {
    status: 416,
    message: (p: { size: number }) =>
      `The request's Range is outside of the file, which has ${p.size} bytes. Ask for a part of it, or send no Range.`,
  },
  too_many_requests: {
    status: 429,
    message: (p: { seconds: number }) => `Too many requests. Try again in ${p.seconds} seconds.`,
  },
  too_many_streams: {
    status: 429,
    message: oneOf({
      caller: (p: { most: number }) =>
        `You are told of changes on ${p.most} connections already, and one person may have no more. Close a page of a stack or an update, and try again.`,
      server: (p: { most: number }) =>
        `This server tells of changes on ${p.most} connections already, and it has no more. Try again later.`,
    }),
  },
  server_busy: {
    status: 503,
    message: (_: object) => "The server is busy with other requests. Try again in a few seconds.",
  },
  /**
   * The sentence of the CLI itself:
   * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/backend.go#L74
   */
  unauthorized: { status: 401, message: (_: object) => "Unauthorized: No credentials provided or are invalid." },
  forbidden: {
    status: 403,
    // Most problems are named by the access that the route asks for.
    message: oneOf({
      person: (_: object) => "You may not do this: it needs a person's own access token.",
      "site:admin": (_: object) => "You may not do this: it needs an admin of this server.",
      "org:member": (_: object) => "You may not do this: it needs membership of the organization.",
      "org:policy": (_: object) => "You may not do this: it needs the role policy-manager or admin.",
      exception: (_: object) =>
        "You may not make a policy exception: it needs the role policy-manager or admin. Run the same with --draft to ask for it. One of them approves it then: quillon policy exception request.",
      "org:admin": (_: object) => "You may not do this: it needs the role admin.",
      "team:admin": (_: object) => "You may not do this: it needs an admin of the team or of the organization.",
      "stack:read": (_: object) => "You may not do this: it needs read access to the stack.",
      "stack:write": (_: object) => "You may not do this: it needs write access to the stack.",
      "stack:admin": (_: object) => "You may not do this: it needs admin access to the stack.",
      projects: (p: { project: string; projects: string }) =>
        `You may not do this: your access token is limited to other projects than ${p.project}: ${p.projects}. Use one without that limit, or ask an admin to do it.`,
      findings: (p: { stacks: string }) =>
        `You may not do this, so nothing was changed: it needs write access to ${p.stacks}. Leave the policy issues of that out.`,
      excused: (p: { ids: string }) =>
        `Nothing was changed, because ${p.ids} is ignored or by design: to change that needs the role policy-manager or admin. Leave it out.`,
      stack_in_body: (p: { stack: string }) => `You may not do this: it needs admin access to stack ${p.stack}.`,
    }),
  },
  cross_origin: {
    status: 403,
    message: (p: { origin: string; url: string }) =>
      `Nothing was done, because this request came from a page of ${p.origin}, and not from the console of this server, which is at ${p.url}. If people open it at another address, such as that of a reverse proxy, set QUILLON_PUBLIC_URL to that one.`,
  },
  route_not_found: {
    status: 404,
    message: (p: { method: string; path: string }) =>
      `There is no ${p.method} ${p.path} on this server. A Pulumi CLI command that calls it needs a part of Pulumi Cloud that Quillon does not have.`,
  },
  method_not_allowed: {
    status: 405,
    message: (p: { method: string; path: string; allowed: string }) =>
      `${p.path} does not accept ${p.method}. Use ${p.allowed}.`,
  },
  internal: {
    status: 500,
    message: (p: { requestId: string }) => `The server failed. Its log has the reason under request ${p.requestId}.`,
  },
  database_unavailable: {
    status: 503,
    message: (_: object) =>
      "The database does not answer at the moment, so nothing can be said about what was asked. Try again in a few seconds.",
  },
  database_full: {
    status: 503,
    message: (_: object) =>
      "The database has no space left, because its disk is full, so nothing was stored. Its operator has to make space. Then send the request again.",
  },
  storage_unavailable: {
    status: 503,
    message: (_: object) =>
      "The server can't store this, because the disk of its folder is full or read-only. Its operator has to make space. Then send the request again.",
  },
  blobs_unavailable: {
    status: 503,
    message: (_: object) =>
      "The server's blob store does not answer at the moment, or refuses what is asked of it. The server's log has the reason. Try again in a few seconds.",
  },
  database_contended: {
    status: 503,
    message: (_: object) => "Too many requests change the same things at this moment. Try again in a few seconds.",
  },
  not_ready: {
    status: 503,
    message: (_: object) =>
      "The server is not ready: the database or the blob store can't be reached, or the database is not migrated. The server's log has the reason.",
  },
  newer_schema: {
    status: 503,
    message: (p: { schema: string }) =>
      `The server is not ready: a newer Quillon has changed its database (schema ${p.schema}). Start that version in place of this one.`,
  },
  blobs_elsewhere: {
    status: 503,
    message: (p: { mark: string }) =>
      `The server is not ready: its blob store is not the one of its database, because it has no file ${p.mark}. Give all servers of a database the same folder (QUILLON_DATA) or bucket (QUILLON_BLOBS), or restore it. If its archives are lost, make an empty file of this name there, and publish the packs again.`,
  },
  starting: { status: 503, message: (_: object) => "The server is starting. Try again in a few seconds." },
  removed_meanwhile: {
    status: 409,
    message: (_: object) =>
      "Something that this change needs was removed a moment ago. Read it again, then repeat the change.",
  },
} as const satisfies ErrorTable;
