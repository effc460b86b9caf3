/**
 * Every error a caller can meet. Each has an HTTP status and a sentence made from its parameters; `id` is stable and
 * never reused. Messages that the Pulumi CLI compares verbatim say so.
 */
const registry = {
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
  // The CLI prints this sentence at login.
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

  organization_not_found: {
    status: 404,
    message: (p: { organization: string }) => `Organization ${p.organization} does not exist, or you are not in it.`,
  },
  organization_default_not_found: { status: 404, message: (_: object) => "You are in no organization." },
  user_exists: {
    status: 409,
    message: (p: { login: string; organization: string }) => `${p.login} already is a member of ${p.organization}.`,
  },
  organization_exists: {
    status: 409,
    message: (p: { organization: string }) => `An organization ${p.organization} already exists.`,
  },
  login_taken: {
    status: 409,
    message: (p: { login: string; organization: string }) =>
      `There already is a user ${p.login}: put them in ${p.organization} as a member; their own tokens will work there.`,
  },
  user_not_found: { status: 404, message: (p: { login: string }) => `There is no user ${p.login} on this server.` },
  member_not_found: {
    status: 404,
    message: (p: { login: string; organization: string }) => `${p.login} is not a member of ${p.organization}.`,
  },
  last_admin: {
    status: 400,
    message: (p: { login: string; organization: string }) =>
      `${p.login} is the last admin of ${p.organization}. Make somebody else an admin first.`,
  },
  team_not_found: {
    status: 404,
    message: (p: { team: string; organization: string }) =>
      `Team ${p.team} does not exist in organization ${p.organization}.`,
  },
  team_exists: {
    status: 409,
    message: (p: { team: string; organization: string }) => `${p.organization} already has a team ${p.team}.`,
  },
  team_edit_refused: {
    status: 400,
    message: (p: { team: string; problem: string }) => `Team ${p.team} was not changed: ${p.problem}.`,
  },
  removed_meanwhile: {
    status: 409,
    message: (_: object) => "Something that this change is about was removed a moment ago. Look again, then repeat it.",
  },
  token_not_found: { status: 404, message: (p: { id: string }) => `There is no access token ${p.id} here.` },
  token_exists: {
    status: 409,
    message: (p: { name: string }) => `There already is an access token ${p.name} here. Revoke it first.`,
  },

  project_not_found: { status: 404, message: (p: { project: string }) => `Project ${p.project} has no stack.` },
  stack_not_found: { status: 404, message: (p: { stack: string }) => `Stack ${p.stack} does not exist.` },
  // The CLI looks for "already exists".
  stack_exists: { status: 409, message: (p: { stack: string }) => `Stack ${p.stack} already exists.` },
  // The CLI compares the whole message and suggests --force.
  stack_has_resources: { status: 400, message: (_: object) => "Bad Request: Stack still contains resources." },
  // Pulumi's Automation API recognizes a conflict by the first sentence.
  stack_busy: {
    status: 409,
    message: (p: { stack: string; operation: string; by: string; since: string }) =>
      `Conflict: Another update is currently in progress. ${p.by} has had ${p.operation} running on stack ${p.stack} since ${p.since}.`,
  },
  stack_environment_unsupported: {
    status: 400,
    message: (_: object) =>
      "Configuration kept in an ESC environment is not supported: keep it in Pulumi.<stack>.yaml.",
  },
  stack_version_not_found: {
    status: 404,
    message: (p: { stack: string; version: string }) => `Stack ${p.stack} has no version ${p.version}.`,
  },
  invalid_deployment: {
    status: 400,
    message: (p: { problem: string }) => `The deployment can't be stored: ${p.problem}.`,
  },
  ciphertext_invalid: {
    status: 400,
    message: (p: { index: number }) =>
      `Ciphertext ${p.index} of the request (counted from 0) was not made by this stack's secrets provider, or is damaged.`,
  },

  update_not_found: {
    status: 404,
    message: (p: { update: string }) => `There is no update ${p.update} of this stack.`,
  },
  update_none: { status: 404, message: (p: { stack: string }) => `Stack ${p.stack} has never been updated.` },
  update_started: { status: 409, message: (p: { update: string }) => `Update ${p.update} was already started.` },
  update_finished: {
    status: 409,
    message: (p: { update: string; status: string }) => `Update ${p.update} has already ended: ${p.status}.`,
  },
  update_not_started: { status: 409, message: (p: { update: string }) => `Update ${p.update} has not been started.` },
  lease_invalid: {
    status: 403,
    message: (p: { update: string }) =>
      `Update ${p.update} no longer holds its stack: it was cancelled, it ended, or its lease expired. Nothing was written.`,
  },
  preview_has_no_state: {
    status: 400,
    message: (p: { update: string }) => `Update ${p.update} is a preview: a preview never writes state.`,
  },
  required_policies_unknown: {
    status: 500,
    message: (_: object) => "What policies this update must run could not be computed, so it was not created.",
  },

  pack_not_found: {
    status: 404,
    message: (p: { pack: string; organization: string }) =>
      `Policy pack ${p.pack} does not exist in organization ${p.organization}.`,
  },
  pack_version_not_found: {
    status: 404,
    message: (p: { pack: string; version: string; known: string }) =>
      `Policy pack ${p.pack} has no version ${p.version}. ${p.known ? `Published: ${p.known}.` : "Nothing is published."}`,
  },
  // The CLI's users and the documentation know the first two sentences.
  pack_version_exists: {
    status: 400,
    message: (p: { pack: string; version: string; next?: string | undefined }) =>
      `Policy Pack "${p.pack}" (Version ${p.version}) has already been published. Please specify a new version tag.${
        p.next ? ` The next free one is ${p.next}.` : ""
      }`,
  },
  pack_version_reserved: {
    status: 409,
    message: (p: { pack: string; version: string; by: string; until: string }) =>
      `${p.by} is publishing version ${p.version} of policy pack ${p.pack}; unless that ends, it is free again at ${p.until}.`,
  },
  pack_without_policies: {
    status: 400,
    message: (p: { pack: string }) => `Policy pack ${p.pack} has no policies, so there is nothing to publish.`,
  },
  pack_not_uploaded: {
    status: 400,
    message: (p: { pack: string; version: string }) =>
      `The archive of policy pack ${p.pack} ${p.version} was never uploaded. Publish it again.`,
  },
  pack_not_reserved: {
    status: 404,
    message: (p: { pack: string; version: string }) =>
      `You have no unfinished version ${p.version} of policy pack ${p.pack}: publish it from the start.`,
  },
  pack_version_enabled: {
    status: 409,
    message: (p: { pack: string; version: string; groups: string }) =>
      `Version ${p.version} of policy pack ${p.pack} is enabled by ${p.groups}. Disable it there first.`,
  },
  pack_enabled: {
    status: 400,
    message: (p: { pack: string; groups: string }) =>
      `Policy pack ${p.pack} is enabled by ${p.groups}. Disable it there first.`,
  },
  archive_invalid: {
    status: 400,
    message: (p: { problem: string }) => `The policy pack's archive is refused: ${p.problem}.`,
  },
  upload_unknown: { status: 403, message: (_: object) => "This upload URL is not one that this server gave out." },
  upload_finished: {
    status: 409,
    message: (_: object) =>
      "This upload URL is used up: its policy pack version was completed, replaced or has expired.",
  },
  download_refused: {
    status: 403,
    message: (_: object) => "This download URL has expired or is not one that this server gave out.",
  },
  archive_removed: {
    status: 404,
    message: (_: object) => "This policy pack version was removed, and its archive with it.",
  },

  group_not_found: {
    status: 404,
    message: (p: { group: string; organization: string }) =>
      `Policy group ${p.group} does not exist in organization ${p.organization}.`,
  },
  pack_not_enabled: {
    status: 404,
    message: (p: { pack: string; group: string; instead: string }) =>
      `Policy pack ${p.pack} is not enabled in policy group ${p.group}${p.instead}.`,
  },
  group_exists: {
    status: 409,
    message: (p: { group: string; organization: string }) =>
      `Organization ${p.organization} already has a policy group ${p.group}.`,
  },
  group_name_reserved: {
    status: 400,
    message: (p: { group: string }) =>
      `A policy group can't be called ${p.group}: that is a part of the API's own paths.`,
  },
  group_default: {
    status: 400,
    message: (p: { group: string; what: string }) =>
      `${p.group} is a default policy group, which every organization has: it can't ${p.what}.`,
  },
  group_entity_mismatch: {
    status: 400,
    message: (p: { group: string; takes: string; refused: string }) =>
      `Policy group ${p.group} takes ${p.takes}: ${p.refused} can't be in it.`,
  },
  group_changed: {
    status: 409,
    message: (p: { group: string; by: string }) =>
      `Policy group ${p.group} was changed by ${p.by} since you read it, and what you sent would undo that. Read it again, then repeat your change.`,
  },
  group_unknown_members: {
    status: 400,
    message: (p: { unknown: string; organization: string }) =>
      `Nothing was changed: organization ${p.organization} has no ${p.unknown}.`,
  },
  group_stack_absent: {
    status: 404,
    message: (p: { stack: string; group: string }) => `Stack ${p.stack} is not in policy group ${p.group}.`,
  },
  group_stack_selected: {
    status: 400,
    message: (p: { stacks: string; group: string }) =>
      `Policy group ${p.group} has ${p.stacks} by its selector: exclude them there.`,
  },
  group_account_absent: {
    status: 404,
    message: (p: { account: string; group: string }) => `Account ${p.account} is not in policy group ${p.group}.`,
  },
  selector_invalid: {
    status: 400,
    message: (p: { problem: string }) => `The selector can't be used: ${p.problem}.`,
  },
  pack_config_invalid: {
    status: 400,
    message: (p: { pack: string; problems: string }) =>
      `The configuration of policy pack ${p.pack} is not valid: ${p.problems}.`,
  },
  pack_environments_unsupported: {
    status: 400,
    message: (p: { pack: string }) =>
      `Policy pack ${p.pack} was not changed: this server can't open ESC environments, so none may be added to a pack.`,
  },
  pack_listed_twice: {
    status: 400,
    message: (p: { pack: string }) => `Policy pack ${p.pack} is listed twice, and a group has one version of a pack.`,
  },
  pack_refused: {
    status: 400,
    message: (p: { pack: string; problem: string }) => `Policy pack ${p.pack} can't be published: ${p.problem}.`,
  },
} as const;

export type ErrorId = keyof typeof registry;
type Params<I extends ErrorId> = Parameters<(typeof registry)[I]["message"]>[0];

/** One detail of an error, as Pulumi's API has it. */
export interface ErrorDetail {
  resource: string;
  attribute?: string;
  errorType: "not_found" | "required" | "invalid" | "already_exists" | "custom";
  customMessage?: string;
}

/** The one shape of every error answer. The Pulumi CLI reads `code` from here and not from the HTTP status. */
export interface ErrorBody {
  code: number;
  message: string;
  id: string;
  errors?: ErrorDetail[];
}

/** An error that a caller is meant to see. Anything else that is thrown becomes `internal`. */
export class QuillonError extends Error {
  override readonly name = "QuillonError";
  readonly id: ErrorId;
  readonly status: number;
  readonly details: ErrorDetail[] | undefined;

  constructor(id: ErrorId, message: string, details?: ErrorDetail[]) {
    super(message);
    this.id = id;
    this.status = registry[id].status;
    this.details = details;
  }

  body(): ErrorBody {
    return {
      code: this.status,
      message: this.message,
      id: this.id,
      ...(this.details && { errors: this.details }),
    };
  }
}

/**
 * Makes the error `id` with its sentence filled in, to be thrown.
 *
 * @example throw newError("stack_not_found", { stack: "acme/web/dev" });
 */
export function newError<I extends ErrorId>(id: I, params: Params<I>, details?: ErrorDetail[]): QuillonError {
  const message = registry[id].message as (p: Params<I>) => string;
  return new QuillonError(id, message(params), details);
}

/** Stands for each parameter of a message by its name, as in `Stack {stack} does not exist.` */
const placeholders = new Proxy({}, { get: (_, name) => `{${String(name)}}` });

/** Every error with the pattern of its sentence, for the reference page. */
export const errorIds: readonly { id: ErrorId; status: number; example: string }[] = (
  Object.keys(registry) as ErrorId[]
).map((id) => {
  const message = registry[id].message as (p: object) => string;
  return { id, status: registry[id].status, example: message(placeholders) };
});
