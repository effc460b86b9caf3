import { buffer } from "node:stream/consumers";
import type { Api, ReplyOf } from "@quillon/contract";
import { ApiError, type Client, JsonText } from "@quillon/contract/client";
import { say } from "../output.ts";
import { packFolder } from "../required-packs/fetch.ts";
import type { StackParams } from "../stack-params.ts";
import type { PackToRun } from "./pack.ts";
import { openByServer } from "./server-secrets.ts";
import { readStateFile, type State, stateOf } from "./state.ts";

const STACK = "/api/stacks/{orgName}/{projectName}/{stackName}";

/** A state, and what the server says of its stack. */
export interface CheckedStack {
  state: State;
  tags: Record<string, string>;
  packs: PackToRun[];
}

/**
 * Reads the state of a stack, and fetches the packs that it must run.
 *
 * @param file has the state, in place of the server.
 * @throws Error when the stack, or what it must run, can't be had: then nothing can be said of it.
 */
export async function readStack(
  client: Client,
  params: StackParams,
  { cache, file }: { cache: string; file?: string | undefined },
): Promise<CheckedStack> {
  const name = Object.values(params).join("/");
  const open = (ciphertexts: readonly string[]) => openByServer(client, params, ciphertexts);
  if (file === undefined) {
    const state = await stateOf(await buffer(await exportState(client, params)), name, open);
    return { state, ...(await packsOf(await requiredOf(client, params))) };
  }
  const required = await requiredOf(client, params).catch((error: unknown) => {
    if (!isUnknown(error)) throw error;
    say(
      `Quillon knows no stack ${name} that you may read. The state is held against what a new stack of that name would have to run.`,
    );
    return requiredOfNew(client, params);
  });
  return { state: await readStateFile(file, open), ...(await packsOf(required)) };

  async function packsOf({ required, tags }: Requirements) {
    return { tags, packs: await packsToRun(required, name, (pack) => packFolder(pack, { cache, program: "pulumi" })) };
  }
}

/** What a stack must run, and its tags. */
export interface Requirements {
  required: readonly Required[];
  tags: Record<string, string>;
}

/** @throws ApiError stack_not_found when the server does not know the stack. */
export async function requiredOf(client: Client, params: StackParams): Promise<Requirements> {
  const tags = await client.call(`GET ${STACK}/tags`, { params });
  const { requiredPolicies } = await client.call(`GET ${STACK}/policypacks`, { params });
  return { required: requiredPolicies, tags };
}

/** What a stack that the server does not know would have to run. */
export async function requiredOfNew(
  client: Client,
  { orgName, projectName: project, stackName: stack }: StackParams,
): Promise<Requirements> {
  const { requiredPolicies } = await client.call("GET /api/quillon/orgs/{orgName}/elsewhere/policypacks", {
    params: { orgName },
    query: { project, stack },
  });
  return { required: requiredPolicies, tags: {} };
}

function isUnknown(error: unknown): boolean {
  return error instanceof ApiError && error.id === "stack_not_found";
}

function exportState(client: Client, params: StackParams) {
  return client.stream(`GET ${STACK}/export`, { params }).catch((error: unknown) => {
    if (error instanceof ApiError && error.id === "stack_elsewhere")
      throw new Error(
        `${error.message} To check it, export it there: pulumi stack export | quillon check - --stack ${Object.values(params).join("/")}`,
      );
    if (isUnknown(error))
      throw new Error(
        `${(error as ApiError).message} A state in a file can be held against what a new stack of that name would have to run: quillon check state.json --stack ${Object.values(params).join("/")}`,
      );
    throw error;
  });
}

/** A pack as the server says that a stack must run it. */
export type Required = ReplyOf<Api[`GET ${typeof STACK}/policypacks`]>["requiredPolicies"][number];

function requiredPack(
  { name, versionTag, config = {}, exceptions = {} }: Required,
  stack: string,
): Omit<PackToRun, "directory"> {
  return {
    label: `${name} ${versionTag}`,
    required: true,
    // As the pack will have it: its own numbers are JavaScript's, too.
    config: JSON.parse(JsonText.stringify(config)),
    configLabel: `The configuration of ${name} ${versionTag} in the policy groups of ${stack} does not fit`,
    exceptions,
    version: versionTag,
  };
}

/**
 * The packs that a stack must run, ready to be run.
 *
 * @param name of the stack, in messages.
 * @param fetch makes a pack's folder.
 * @throws Error when one of them can't be had.
 */
export async function packsToRun(
  all: readonly Required[],
  name: string,
  fetch: (pack: Required) => Promise<string>,
): Promise<PackToRun[]> {
  const packs: PackToRun[] = [];
  for (const required of all) {
    refuseEnvironments(required);
    packs.push({ ...requiredPack(required, name), directory: await fetch(required) });
  }
  return packs;
}

function refuseEnvironments({ name, environments = [] }: Required): void {
  if (environments.length > 0)
    throw new Error(
      `Policy pack ${name} is configured with Pulumi ESC environments, which only Pulumi Cloud can open, so it can't be said what it would find.`,
    );
}
