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
  pack_bill_missing: {
    status: 404,
    message: (p: { pack: string; version: string }) =>
      `Version ${p.version} of policy pack ${p.pack} has no bill of materials, so it is not known what is in it. Packs that quillon policy publish bundles have one.`,
  },
  pack_sources_missing: {
    status: 404,
    message: (p: { pack: string; version: string }) =>
      `The sources of version ${p.version} of policy pack ${p.pack} were not kept. They are when quillon policy publish bundles a pack. Otherwise the archive itself has them.`,
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
      empty: (_: object) => "The policy pack's archive is refused: it is empty.",
      not_gzip: (_: object) => "The policy pack's archive is refused: it is not a complete gzip stream.",
      after_gzip: (_: object) => "The policy pack's archive is refused: it has more bytes after its gzip stream.",
      not_tar: (_: object) =>
        "The policy pack's archive is refused: it is not a tar archive in the format ustar, pax or GNU.",
      cut_short: (_: object) => "The policy pack's archive is refused: it ends before the tar archive's end mark.",
      after_end: (_: object) => "The policy pack's archive is refused: it has more after the tar archive's end mark.",
      extended_header: (p: { record: string }) =>
        `The policy pack's archive is refused: its extended header ${JSON.stringify(p.record)} is not one that all programs read alike.`,
      project_file_missing: (p: { file: string }) => `The policy pack's archive is refused: it has no file ${p.file}.`,
      no_runtime: (p: { file: string }) =>
        `The policy pack's archive is refused: its ${p.file} names no runtime, such as nodejs or python.`,
      not_yaml: (p: { file: string; found: string }) =>
        `The policy pack's archive is refused: its ${p.file} is not YAML: ${p.found}`,
      ambiguous_yaml: (p: { file: string; found: string }) =>
        `The policy pack's archive is refused: its ${p.file} has ${p.found}, which readers of YAML understand differently. Write it without.`,
      project_field: (p: { file: string; field: string; kind: string }) =>
        `The policy pack's archive is refused: the field ${p.field} of its ${p.file} is not ${p.kind}.`,
      not_readable: (p: { file: string; found: string }) =>
        `The policy pack's archive is refused: its ${p.file} can't be read: ${p.found}.`,
      large_text: (p: { entry: string; limit: number }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} is larger than ${p.limit} bytes.`,
      unchecked: (p: { seconds: number }) =>
        `The policy pack's archive is refused: the files that name its dependencies could not be read in ${p.seconds} seconds. Publish it again, and if that fails too, make them shorter.`,
      /** The dependency and where its file says that it is. */
      dependency: (p: { file: string; name: string; from: string }) =>
        `The policy pack's archive is refused: ${p.file} asks for ${p.name} from ${JSON.stringify(p.from)}, which is not in the archive, so no client can install it. Publish ${p.name} to a registry, or put it into the pack's folder.`,
      too_many_entries: (p: { limit: number }) =>
        `The policy pack's archive is refused: it has more than ${p.limit} files and folders.`,
      entry_twice: (p: { entry: string }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} is in it twice. Names that differ only in upper and lower case count as the same.`,
      entry_in_file: (p: { entry: string }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} is in a folder that the archive also has as a file.`,
      entry_is_folder: (p: { entry: string }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} is a file, but the archive also has it as a folder.`,
      entry_type: (p: { entry: string; type: string }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} is a ${p.type}, but only files and folders are accepted.`,
      entry_number: (p: { entry: string }) =>
        `The policy pack's archive is refused: the header of ${JSON.stringify(p.entry)} has a number that is not a plain octal one.`,
      folder_content: (p: { entry: string }) =>
        `The policy pack's archive is refused: the folder ${JSON.stringify(p.entry)} has a content.`,
      entry_unreadable: (p: { entry: string }) =>
        `The policy pack's archive is refused: nobody may read the file ${JSON.stringify(p.entry)}, not even its owner.`,
      entry_name_empty: (_: object) => "The policy pack's archive is refused: it has an entry without a name.",
      entry_character: (p: { entry: string }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} has a character that no path may have.`,
      entry_absolute: (p: { entry: string }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} is an absolute path.`,
      entry_outside: (p: { entry: string }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} leaves the folder that it is unpacked to.`,
      entry_segment: (p: { entry: string }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} has a name in its path that is empty, or that ends with a dot or a space.`,
      entry_long: (p: { entry: string }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} is too long for a path.`,
      entry_elsewhere: (p: { entry: string }) =>
        `The policy pack's archive is refused: ${JSON.stringify(p.entry)} is not in the folder package, and the Pulumi CLI leaves out everything else.`,
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
  archive_missing: {
    status: 503,
    message: (_: object) =>
      "The archive of this policy pack version is missing from the server's blob folder. An operator must restore the folder, or give all servers of the database the same one. If the archive is lost, publish a new version.",
  },
  archive_damaged: {
    status: 503,
    message: (_: object) =>
      "The archive of this policy pack version in the server's blob folder is not the one that was published: it was cut or changed. An operator must restore the folder. If the archive is lost, publish a new version.",
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
