import { type ErrorTable, oneOf } from "./table.ts";

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
    status: 400,
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
    message: oneOf({
      not_gzip: (_: object) => "The policy pack's archive is refused: it is not a complete gzip stream.",
      not_tar: (_: object) => "The policy pack's archive is refused: it is not a tar archive.",
      project_file_missing: (p: { file: string }) => `The policy pack's archive is refused: it has no ${p.file}.`,
      entry_twice: (p: { entry: string }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} is in it twice.`,
      too_many_entries: (p: { limit: number }) =>
        `The policy pack's archive is refused: it has more than ${p.limit} files and folders.`,
      entry_type: (p: { entry: string; type: string }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} is a ${p.type}, but only files and folders are accepted.`,
      entry_character: (p: { entry: string }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} has a character that no path may have.`,
      entry_absolute: (p: { entry: string }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} is an absolute path.`,
      entry_outside: (p: { entry: string }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} leaves the folder that it is unpacked to.`,
    }),
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
    message: oneOf({
      tag_latest: (p: { pack: string }) =>
        `Policy pack ${p.pack} can't be published: "latest" can't be a version tag, because it names the newest version.`,
      policy_twice: (p: { pack: string; policy: string }) =>
        `Policy pack ${p.pack} can't be published: it has two policies called ${p.policy}.`,
      /** `found` says what is wrong with the schema. */
      schema: (p: { pack: string; policy: string; found: string }) =>
        `Policy pack ${p.pack} can't be published: the configuration schema of policy ${p.policy} is refused: ${p.found}.`,
      too_deep: (p: { pack: string; limit: number }) =>
        `Policy pack ${p.pack} can't be published: its description is nested more than ${p.limit} deep.`,
    }),
  },
} as const satisfies ErrorTable;
