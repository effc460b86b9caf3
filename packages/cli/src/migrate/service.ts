import { ApiError, type Client } from "@quillon/contract/client";
import { errorMessage } from "../error-message.ts";
import { readPages } from "../pages.ts";
import type { StackParams } from "../stack-params.ts";
import { readUpdates } from "./history.ts";
import { type ListedSource, NotRead, type Source, type SourceStack } from "./source.ts";
import type { Untyped } from "./state.ts";
import { decryptAll } from "./values.ts";

/** What services of Pulumi's API want to be asked with. */
const headers = { accept: "application/vnd.pulumi+8" };
/** A stack of a service, with its organization there. */
interface ServiceStack extends ListedSource {
  organization: string;
  project: string;
}

/**
 * A service with Pulumi's API, such as another Quillon.
 *
 * @param organization whose stacks are moved; without it, the one that all stacks are in.
 */
export function serviceSource(client: Client, { url, organization }: { url: string; organization?: string }): Source {
  return {
    kind: "service",
    shown: url,
    async list() {
      const stacks = await listStacks(client, organization);
      const owners = [...new Set(stacks.map((one) => one.organization))].sort();
      if (owners.length > 1)
        throw new Error(
          `You see stacks of several organizations at ${url}: ${owners.join(", ")}. Name one of them with --from-org.`,
        );
      return stacks;
    },
    read: (stack) => reading(() => readStack(client, paramsOf(stack))),
    history: (stack) => reading(() => readUpdates(client, paramsOf(stack), headers)),
    decrypt: (stack, ciphertexts) => reading(() => decryptAll(client, paramsOf(stack), ciphertexts)),
  };
}

function paramsOf(stack: ListedSource): StackParams {
  const { organization, project, stack: stackName } = stack as ServiceStack;
  return { orgName: organization, projectName: project, stackName };
}

function listStacks(client: Client, organization: string | undefined): Promise<ServiceStack[]> {
  return readPages(async (continuationToken) => {
    const query = { ...(organization && { organization }), ...(continuationToken && { continuationToken }) };
    const page = await client.call("GET /api/user/stacks", { query, headers });
    const items = page.stacks.map(({ orgName, projectName, stackName }) => ({
      organization: orgName,
      project: projectName,
      stack: stackName,
      name: `${orgName}/${projectName}/${stackName}`,
    }));
    return { items, continuationToken: page.continuationToken };
  });
}

async function readStack(client: Client, params: StackParams): Promise<SourceStack> {
  // The state comes after the version: an update in between makes the version another one when it is read again.
  const stack = await client.call("GET /api/stacks/{orgName}/{projectName}/{stackName}", { params, headers });
  const state = await client.call("GET /api/stacks/{orgName}/{projectName}/{stackName}/export", { params, headers });
  const { currentOperation, version, tags } = stack;
  const { environment } = (stack as { config?: { environment?: string } }).config ?? {};
  return {
    state: { ...state, deployment: (state.deployment ?? {}) as Untyped["deployment"] } as Untyped,
    tags: tags ?? {},
    version,
    ...(currentOperation && { busy: currentOperation.kind }),
    secretConfig: await readSecretConfig(client, params),
    ...(environment && { environment }),
  };
}

const LATEST = "GET /api/stacks/{orgName}/{projectName}/{stackName}/updates/latest";

/** The names of the secrets in the configuration of its last update. Their values are in the project's folder. */
async function readSecretConfig(client: Client, params: StackParams): Promise<string[]> {
  const latest = await client.call(LATEST, { params, headers }).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  });
  const config = (latest?.info?.config ?? {}) as Record<string, { secret?: boolean } | undefined>;
  return Object.keys(config).filter((name) => config[name]?.secret);
}

/** What the service refuses of one stack says nothing of the others. */
async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ApiError && error.status !== 401) throw new NotRead(errorMessage(error), { cause: error });
    throw error;
  }
}
