import { ApiError, type Client, JsonText } from "@quillon/contract/client";
import { readPages } from "../pages.ts";
import type { StackParams } from "../stack-params.ts";
import { type Filter, isWanted } from "./filter.ts";
import { readUpdates } from "./history.ts";
import type { Sealer } from "./seal.ts";
import { encryptedAnew, factsOf, inPlain, type Untyped } from "./state.ts";
import { decryptAll } from "./values.ts";

/** What is written of a stack. */
export interface ExportedStack {
  params: StackParams;
  /** As `pulumi stack import` reads it. */
  state: Untyped;
  about: {
    organization: string;
    project: string;
    stack: string;
    id: string;
    version: number;
    tags: Record<string, string>;
  };
  history: unknown[];
}

/** The stacks of an organization that are wanted. */
export async function listToExport(client: Client, orgName: string, filter: Filter): Promise<StackParams[]> {
  const all = await readPages(async (continuationToken) => {
    const query = { organization: orgName, ...(continuationToken && { continuationToken }) };
    const page = await client.call("GET /api/user/stacks", { query });
    return { items: page.stacks, continuationToken: page.continuationToken };
  });
  return all
    .filter(({ projectName, stackName }) => isWanted({ name: "", project: projectName, stack: stackName }, filter))
    .map(({ projectName, stackName }) => ({ orgName, projectName, stackName }));
}

/** Secrets that Quillon's key encrypts: as they are, in plain, or encrypted by a passphrase. */
export type SecretsOut = "kept" | "plain" | Sealer;

/**
 * @returns undefined when it was removed meanwhile, or its state is elsewhere.
 */
export async function exportStack(
  client: Client,
  params: StackParams,
  secrets: SecretsOut,
): Promise<ExportedStack | undefined> {
  try {
    const stack = await client.call("GET /api/stacks/{orgName}/{projectName}/{stackName}", { params });
    const read = await client.call("GET /api/stacks/{orgName}/{projectName}/{stackName}/export", { params });
    const state = { ...read, deployment: (read.deployment ?? {}) as Untyped["deployment"] } as Untyped;
    const { id, version, tags } = stack;
    const { orgName: organization, projectName: project, stackName } = params;
    return {
      params,
      state: secrets === "kept" ? state : await opened(client, params, { state, secrets }),
      about: { organization, project, stack: stackName, id, version, tags },
      history: await readUpdates(client, params),
    };
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.id === "stack_elsewhere")) return undefined;
    throw error;
  }
}

/** The log of the server says that the secrets were shown, as for `pulumi stack export --show-secrets`. */
async function opened(
  client: Client,
  params: StackParams,
  { state, secrets }: { state: Untyped; secrets: "plain" | Sealer },
): Promise<Untyped> {
  const { provider, ciphertexts } = factsOf(state);
  if (provider?.type !== "service") return state;
  const plaintexts = new Map<string, string>();
  if (ciphertexts.length > 0) {
    for (const [ciphertext, plaintext] of await decryptAll(client, params, ciphertexts))
      plaintexts.set(ciphertext, Buffer.from(plaintext, "base64").toString());
    await client.call("POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt/log-batch-decryption", {
      ...{ params, body: { commandName: "quillon stacks export" } },
    });
  }
  if (secrets === "plain") return inPlain(state, plaintexts);
  const sealed = [...plaintexts].map(([ciphertext, text]) => [ciphertext, secrets.seal(text)] as const);
  return encryptedAnew(state, secrets.provider, new Map(sealed));
}

/** The files of a stack in its folder, by name. */
export function filesOf({ state, about, history }: ExportedStack): Record<string, string> {
  const write = (value: unknown) => `${JsonText.stringify(value, "  ")}\n`;
  return { "deployment.json": write(state), "stack.json": write(about), "history.json": write(history) };
}
