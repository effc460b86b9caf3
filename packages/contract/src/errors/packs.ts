import type { ErrorTable } from "./table.ts";

/** Errors about policy packs, their versions and archives. */
export const packsErrors = {
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
  pack_refused: {
    status: 400,
    message: (p: { pack: string; problem: string }) => `Policy pack ${p.pack} can't be published: ${p.problem}.`,
  },
} as const satisfies ErrorTable;
