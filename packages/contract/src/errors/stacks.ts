import type { ErrorTable } from "./table.ts";

/** Errors about stacks, their state, secrets and updates. */
export const stacksErrors = {
  project_not_found: { status: 404, message: (p: { project: string }) => `Project ${p.project} has no stack.` },
  stack_not_found: { status: 404, message: (p: { stack: string }) => `Stack ${p.stack} does not exist.` },
  stack_exists: { status: 409, message: (p: { stack: string }) => `Stack ${p.stack} already exists.` },
  stack_has_resources: { status: 400, message: (_: object) => "Bad Request: Stack still contains resources." },
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
} as const satisfies ErrorTable;
