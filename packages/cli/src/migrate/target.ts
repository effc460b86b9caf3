import { ApiError, type Client } from "@quillon/contract/client";
import type { StackParams } from "../stack-params.ts";
import { MARK, type Mark, readMark, writeMark } from "./mark.ts";
import { encryptedAnew, type Provider, type Untyped } from "./state.ts";
import type { Tags } from "./tags.ts";
import { encryptAll } from "./values.ts";

const STACK = "GET /api/stacks/{orgName}/{projectName}/{stackName}";

/** The organization in Quillon that stacks are moved to. */
export interface Target {
  client: Client;
  url: string;
  orgName: string;
}

/** A stack as Quillon has it. */
export interface Here {
  version: number;
  isBusy: boolean;
  mark?: Mark;
}

/** @returns undefined when there is no such stack. */
export async function findHere(client: Client, params: StackParams): Promise<Here | undefined> {
  try {
    const { version, tags, currentOperation } = await client.call(STACK, { params });
    const mark = readMark(tags[MARK]);
    return { version, isBusy: currentOperation !== undefined, ...(mark && { mark }) };
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Makes the stack, or gives it the tags that it has now where it comes from, and notes that it is being moved. */
export async function begin(
  client: Client,
  params: StackParams,
  { here, tags, from }: { here: Here | undefined; tags: Tags; from: string },
): Promise<void> {
  const version = here?.version ?? 0;
  const all = { ...tags, [MARK]: writeMark({ step: "begun", version, digest: "", from }) };
  if (here) {
    await client.call("PATCH /api/stacks/{orgName}/{projectName}/{stackName}/tags", { params, body: all });
    return;
  }
  const { orgName, projectName, stackName } = params;
  const body = { stackName, tags: all };
  await client.call("POST /api/stacks/{orgName}/{projectName}", { params: { orgName, projectName }, body });
}

/** The state with its secrets encrypted with the stack's key in Quillon. @param plaintexts by ciphertext, in base64. */
export async function encryptedHere(
  { client, url }: Target,
  params: StackParams,
  { state, plaintexts }: { state: Untyped; plaintexts: ReadonlyMap<string, string> },
): Promise<Untyped> {
  const encrypted = await encryptAll(client, params, [...plaintexts.values()]);
  const ciphertexts = new Map([...plaintexts.keys()].map((old, at) => [old, encrypted[at] ?? ""]));
  return encryptedAnew(state, providerHere(url, params), ciphertexts);
}

function providerHere(url: string, { orgName, projectName, stackName }: StackParams): Provider {
  return { type: "service", state: { url, owner: orgName, project: projectName, stack: stackName } };
}

export async function importHere(client: Client, params: StackParams, state: Untyped): Promise<void> {
  await client.call("POST /api/stacks/{orgName}/{projectName}/{stackName}/import", { params, body: state });
}

/** Notes that the stack was moved, as it is in Quillon now. */
export async function end(client: Client, params: StackParams, { digest, from }: Pick<Mark, "digest" | "from">) {
  const { version } = await client.call(STACK, { params });
  const body = { name: MARK, value: writeMark({ step: "moved", version, digest, from }) };
  await client.call("POST /api/stacks/{orgName}/{projectName}/{stackName}/tags", { params, body });
}
