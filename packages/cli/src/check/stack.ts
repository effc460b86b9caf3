import { buffer } from "node:stream/consumers";
import type { Api, ReplyOf } from "@quillon/contract";
import { ApiError, type Client, JsonText } from "@quillon/contract/client";
import { packFolder } from "../required-packs/fetch.ts";
import type { PackToRun } from "./pack.ts";
import { openByServer, type StackParams } from "./server-secrets.ts";
import { type State, stateOf } from "./state.ts";

const STACK = "/api/stacks/{orgName}/{projectName}/{stackName}";

/** A stack on the server, as its next update would find it. */
export interface CheckedStack {
  state: State;
  tags: Record<string, string>;
  packs: PackToRun[];
}

/**
 * Reads the state of a stack, and fetches the packs that it must run.
 *
 * @throws Error when the stack, or what it must run, can't be had: then nothing can be said of it.
 */
export async function readStack(client: Client, params: StackParams, cache: string): Promise<CheckedStack> {
  const name = Object.values(params).join("/");
  const bytes = await client.stream(`GET ${STACK}/export`, { params }).catch((error: unknown) => {
    if (error instanceof ApiError && error.id === "stack_elsewhere")
      throw new Error(
        `${error.message} To check it, export its state there with pulumi stack export --file state.json, and name that file and the packs: quillon check state.json --policy-pack DIR`,
      );
    throw error;
  });
  const state = await stateOf(await buffer(bytes), name, (ciphertexts) => openByServer(client, params, ciphertexts));
  const tags = await client.call(`GET ${STACK}/tags`, { params });
  const { requiredPolicies } = await client.call(`GET ${STACK}/policypacks`, { params });
  const packs: PackToRun[] = [];
  for (const required of requiredPolicies) {
    refuseEnvironments(required);
    const directory = await packFolder(required, { cache, program: "pulumi" });
    packs.push({ ...requiredPack(required, name), directory });
  }
  return { state, tags, packs };
}

type Required = ReplyOf<Api[`GET ${typeof STACK}/policypacks`]>["requiredPolicies"][number];

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

function refuseEnvironments({ name, environments = [] }: Required): void {
  if (environments.length > 0)
    throw new Error(
      `Policy pack ${name} is configured with Pulumi ESC environments, which only Pulumi Cloud can open, so it can't be said what it would find.`,
    );
}
