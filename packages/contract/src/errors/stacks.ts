import { type ErrorTable, oneOf } from "./table.ts";

/** Errors about stacks, their state, secrets and updates. */
export const stacksErrors = {
  project_not_found: {
    status: 404,
    message: (p: { project: string }) => `Project ${p.project} has no stack that you may read.`,
  },
  stack_not_found: { status: 404, message: (p: { stack: string }) => `Stack ${p.stack} does not exist.` },
  /**
   * The CLI looks for "already exists":
   * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/backend.go#L1077
   */
  state_missing: {
    status: 503,
    message: (_: object) =>
      "The state of this stack is missing from the server's blob folder. An operator must restore the folder, or give all servers of the database the same one.",
  },
  state_damaged: {
    status: 503,
    message: (_: object) =>
      "The state of this stack in the server's blob folder is not the one that was stored: it was cut or changed. An operator must restore the folder.",
  },
  event_missing: {
    status: 503,
    message: (_: object) =>
      "An event of this update is missing from the server's blob folder. An operator must restore the folder, or give all servers of the database the same one.",
  },
  stack_exists: { status: 409, message: (p: { stack: string }) => `Stack ${p.stack} already exists.` },
  deleted_stack_not_found: {
    status: 404,
    message: (p: { id: string }) =>
      `There is no deleted stack ${p.id} that can be restored. List those that can: quillon stacks deleted.`,
  },
  deleted_stack_name_taken: {
    status: 409,
    message: (p: { stack: string }) =>
      `Stack ${p.stack} was not restored, because there is another stack of that name by now. Give that one another name (pulumi stack rename), and restore this one then.`,
  },
  stack_name_unchanged: {
    status: 400,
    message: (p: { stack: string }) => `Stack ${p.stack} already has this name. Choose another one.`,
  },
  stack_tags_many: {
    status: 400,
    message: (p: { most: number }) => `A stack has at most ${p.most} tags. Remove those that nobody needs.`,
  },
  stack_tag_not_found: {
    status: 404,
    message: (p: { stack: string; tag: string }) => `Stack ${p.stack} has no tag ${p.tag}.`,
  },
  /**
   * The CLI compares the whole sentence:
   * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L658
   */
  stack_has_resources: { status: 400, message: (_: object) => "Bad Request: Stack still contains resources." },
  /**
   * The Automation API looks for the first sentence:
   * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/auto/errors.go#L50
   */
  stack_busy: {
    status: 409,
    message: (p: { stack: string; operation: string; by: string | null; since: string }) =>
      `Conflict: Another update is currently in progress. ${p.by ?? "A removed user"} started ${p.operation} on stack ${p.stack} at ${p.since}, and it has not ended. Wait until it ends, or end it with: pulumi cancel.`,
  },
  stack_renaming: {
    status: 409,
    message: (p: { stack: string }) =>
      `Conflict: Stack ${p.stack} was renamed, and its findings are being given its new name. Try again in a minute.`,
  },
  stack_environment_unsupported: {
    status: 400,
    message: (_: object) =>
      "Configuration kept in a Pulumi ESC environment is not supported. Keep it in Pulumi.<stack>.yaml.",
  },
  state_removed: {
    status: 410,
    message: (_: object) =>
      "This version of the stack's state was removed, because the server keeps only the newest ones. An operator sets how many with QUILLON_STATE_VERSIONS. Export a newer version.",
  },
  stack_version_not_found: {
    status: 404,
    message: (p: { stack: string; version: string }) => `Stack ${p.stack} has no version ${p.version}.`,
  },
  invalid_deployment: {
    status: 400,
    message: oneOf({
      missing: (_: object) => "The deployment can't be stored: the request does not have one.",
      resources_not_list: (_: object) => "The deployment can't be stored: its resources are not a list.",
    }),
  },
  state_number_unexpected: {
    status: 409,
    message: (p: { sent: number; last: number }) =>
      `The state was not stored: it has number ${p.sent}, and the last one that was stored for this update has number ${p.last}. The numbers of an update's states have no gap, and none comes twice.`,
  },
  /** The CLI then sends the whole state: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/snapshot.go#L72 */
  delta_refused: {
    status: 409,
    message: oneOf({
      no_base: (_: object) =>
        "The delta was not stored: this update has not sent a whole state with checkpointverbatim. Send one first.",
      not_edits: (_: object) =>
        "The delta was not stored: it is not a list of edits in the order of their offsets, which are inside the state and do not overlap.",
      other_text: (_: object) =>
        "The delta was not stored: what it makes of the stored state does not have the hash that was sent. Send the whole state with checkpointverbatim.",
      not_state: (_: object) =>
        "The delta was not stored: what it makes of the stored state is not a state. Send the whole state with checkpointverbatim.",
    }),
  },
  journal_refused: {
    status: 409,
    message: oneOf({
      not_entry: (p: { sequence: number }) =>
        `The journal's entries were not stored: entry ${p.sequence} is not one of version 1 or 2, or lacks what its kind needs.`,
      other_entry: (_: object) =>
        "The journal's entries were not stored: this update has sent another entry with the same number.",
      migration: (_: object) =>
        "The journal's entries were not stored: a migration of states in them does not fit the state that the entries before it make. What was sent before counts. Run pulumi refresh, which resolves operations that are pending, and then the update again.",
      off: (_: object) =>
        "The journal's entries were not stored: this server takes no journals, because its operator has set --journal off.",
      deltas: (_: object) => "The journal's entries were not stored: this update has sent deltas of its state.",
      rebuilt: (p: { most: number }) =>
        `The journal of this update rebuilds its base more than ${p.most} times, which no Pulumi CLI does. What it had sent before counts.`,
    }),
  },
  journal_too_large: {
    status: 413,
    message: (p: { most: number }) =>
      `The journal's entries were not stored: the journal of this update would have more than ${p.most} bytes. Run the Pulumi CLI with PULUMI_DISABLE_JOURNALING=true, or without PULUMI_ENABLE_JOURNALING: it then sends whole states. Twice the server's setting --state-limit (QUILLON_STATE_LIMIT) is the limit.`,
  },
  ciphertext_invalid: {
    status: 400,
    message: (p: { index: number }) =>
      `Ciphertext ${p.index} of the request (counted from 0) was not made by this stack's secrets provider, or is damaged.`,
  },
  ciphertexts_mixed: {
    status: 400,
    message: (_: object) =>
      "The ciphertexts of the request were made by many stacks of this name that were removed, and to find out by which ones takes too long. Ask for fewer of them at once.",
  },
  update_renamed: {
    status: 404,
    message: (p: { stack: string }) =>
      `Nothing was recorded: stack ${p.stack} was renamed while this preview ran. Run it again under the new name.`,
  },
  update_not_found: {
    status: 404,
    message: (p: { update: string }) => `This stack has no update ${p.update}.`,
  },
  update_none: { status: 404, message: (p: { stack: string }) => `Stack ${p.stack} has never been deployed.` },
  run_none: {
    status: 404,
    message: (p: { stack: string }) =>
      `Stack ${p.stack} had no update and no preview yet, so policies reported nothing.`,
  },
  update_compacted_meanwhile: {
    status: 409,
    message: (p: { update: string }) =>
      `The results of update ${p.update} were compacted while they were read, because they are old. Ask again, to get their counts.`,
  },
  update_started: { status: 409, message: (p: { update: string }) => `Update ${p.update} was already started.` },
  update_finished: {
    status: 409,
    message: (p: { update: string; status: string }) => `Update ${p.update} has already ended: ${p.status}.`,
  },
  update_not_started: {
    status: 409,
    message: (p: { update: string }) => `Update ${p.update} has not been started, so it can't be cancelled.`,
  },
  lease_invalid: {
    status: 403,
    message: (p: { update: string }) =>
      `Update ${p.update} no longer holds its stack: it was cancelled, it ended, its lease expired, or the access with which it was started was taken away. Nothing was written.`,
  },
  preview_has_no_state: {
    status: 400,
    message: (p: { update: string }) => `Update ${p.update} is a preview: a preview never writes state.`,
  },
  stack_elsewhere: {
    status: 400,
    message: (p: { stack: string; backend: string }) =>
      `The state of stack ${p.stack} is not here, but in ${p.backend}. Use the stack there, by \`quillon run\` in its project's folder while the Pulumi CLI is logged in to that backend.`,
  },
  update_elsewhere: {
    status: 400,
    message: (p: { update: string; backend: string }) =>
      `Update ${p.update} is of a stack whose state is in ${p.backend}, so no state of it is stored here.`,
  },
  stack_held: {
    status: 400,
    message: (p: { stack: string }) =>
      `The state of stack ${p.stack} is here, and not in another backend. Log the Pulumi CLI in to this server to update it.`,
  },
  requirements_refused: {
    status: 400,
    message: oneOf({
      signature: (_: object) =>
        "The requirements that the run was based on are not as this server signed them. Make the file anew: quillon run export.",
      stack: (p: { stack: string; made: string }) =>
        `The requirements that the run was based on are of stack ${p.made}, and not of ${p.stack} as it is known here now.`,
      early: (p: { made: string }) =>
        `The requirements that the run was based on were made later than it, at ${p.made}. Set the clock of the machine that runs it.`,
      expired: (p: { expires: string }) =>
        `The requirements that the run was based on had expired at ${p.expires}. Make the file anew: quillon run export.`,
    }),
  },
  stack_name_taken: {
    status: 409,
    message: (p: { stack: string; backend: string }) =>
      `The name ${p.stack} belongs to another stack here, so the one in ${p.backend} needs another name. Give it one once, and it is remembered: quillon run --as PROJECT/STACK -- pulumi preview`,
  },
  stack_name_free: {
    status: 409,
    message: oneOf({
      free: (p: { stack: string; own: string; backend: string }) =>
        `The stack in ${p.backend} can't be ${p.stack} here, because its own name ${p.own} belongs to no other stack. Leave out --as.`,
      empty: (p: { stack: string; own: string; backend: string }) =>
        `The stack in ${p.backend} can't be ${p.stack} here, because its own name ${p.own} belongs to a stack without resources. Remove that one, and leave out --as.`,
    }),
  },
  stack_named_already: {
    status: 409,
    message: (p: { stack: string; known: string; backend: string }) =>
      `The stack in ${p.backend} is known here as ${p.known}, and can't be ${p.stack}, too. Leave out --as.`,
  },
  required_policies_unknown: {
    status: 500,
    message: (_: object) =>
      "The policies that this update must run could not be computed, so the update was not created. The server's log has the reason.",
  },
  /** Never a 409, which the CLI takes for another update of the stack. */
  policies_unsettled: {
    status: 400,
    message: (p: { stack: string; packs: string }) =>
      `The update was not started, because the tags that it brings would put stack ${p.stack} under policies that were not known when the update was created: ${p.packs}. The stack was not changed. Run the command again. If the same error comes back, first set the tags with: pulumi stack tag set NAME VALUE.`,
  },
} as const satisfies ErrorTable;
