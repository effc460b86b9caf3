import { Readable } from "node:stream";
import type { Ctx } from "../context.ts";
import { bufferOf, memoryOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { type Edit, each, members, string, whereMember } from "./json-edit.ts";
import { inTurn, readPacked } from "./packed.ts";
import { type StoredState, store } from "./store.ts";
import { compress, decompress, type PackedBytes, unpackedSize } from "./stored.ts";

/** A stack's new names. Without `project`, URNs keep their project, which may differ from the one in the stack's path. */
export interface NewNames {
  project?: string | undefined;
  stack: string;
}

/** Of the resource that stands for the stack itself. */
export const ROOT_TYPE = "pulumi:pulumi:Stack";

/**
 * Rewrites a deployment for a renamed stack: stack and project in every URN, the root resource's name, and what the state
 * records of the service's secrets provider. All other bytes stay, and so do aliases, because they are earlier names.
 * It follows the CLI: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/resource/edit/operations.go#L147
 *
 * @param state the text `{"version":N,"features":[…],"deployment":{…}}`.
 * @returns the new text, in pieces.
 */
export function renameState(state: Buffer, to: NewNames): Iterable<Buffer> {
  const urn = string((text) => renameUrn(text, to));
  const urns = each(urn);
  const resource = members(
    new Map<string, Edit>([
      ["urn", urn],
      ["parent", urn],
      ["provider", urn],
      ["deletedWith", urn],
      ["viewOf", urn],
      ["dependencies", urns],
      ["replaceWith", urns],
      ["propertyDependencies", each(urns)],
    ]),
  );
  const deployment = members(
    new Map<string, Edit>([
      ["resources", each(resource)],
      ["pending_operations", each(members(new Map([["resource", resource]])))],
      ["secrets_providers", whereMember("type", "service", members(new Map([["state", providerRecord(to)]])))],
    ]),
  );
  return members(new Map([["deployment", deployment]]))(state);
}

/** @param urn a URN or a provider reference, which is a URN followed by `::` and the provider's id. */
export function renameUrn(urn: string, to: NewNames): string {
  const [head = "", oldProject = "", type = "", ...name] = urn.split("::");
  if (!head.startsWith("urn:pulumi:") || name.length === 0) return urn;
  const project = to.project ?? oldProject;
  const newName = type === ROOT_TYPE ? [`${project}-${to.stack}`] : name;
  return [`urn:pulumi:${to.stack}`, project, type, ...newName].join("::");
}

function providerRecord(to: NewNames): Edit {
  const edits = new Map<string, Edit>([["stack", string(() => to.stack)]]);
  const { project } = to;
  const setProject = project !== undefined && string(() => project);
  if (setProject) edits.set("project", setProject);
  return members(edits);
}

/** Renames a stored state, and stores it as another one. */
export async function renameStored(ctx: Ctx, state: StoredState, to: NewNames): Promise<StoredState> {
  return inTurn(ctx, [state], async () => {
    const gzip = await readPacked(ctx, state);
    const chunks = await ctx.workers.run(renameTask, { gzip, to }, unpackedSize(gzip));
    const packed = Readable.from(chunks.map(bufferOf), { objectMode: false });
    return store(ctx, { packed, resourceCount: state.resourceCount });
  });
}

/** Renames a gzipped state. @returns a gzipped state, in chunks. */
export const renameTask: Task<{ gzip: PackedBytes; to: NewNames }, PackedBytes[]> = {
  name: "rename-state",
  moves: { input: ({ gzip }) => memoryOf([gzip]), output: memoryOf },
  async run({ gzip, to }) {
    const pieces = renameState(await decompress(gzip), to);
    return compress(pieces).toArray();
  },
};
