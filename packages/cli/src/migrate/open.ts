import { resolve } from "node:path";
import { readCredentials } from "../credentials.ts";
import { backendOf } from "../scan/backend.ts";
import { withPulumi } from "../scan/pulumi.ts";
import { clientOf, isService, serverAt } from "../session.ts";
import { backendSource } from "./backend.ts";
import { serviceSource } from "./service.ts";
import type { Source } from "./source.ts";

export interface From {
  url: string;
  /** At a service, the organization that stacks are moved from. */
  organization?: string;
}

/** Where the token for the service is that stacks are moved from. */
export const TOKEN_VARIABLE = "QUILLON_FROM_TOKEN";

/** Does some work with the place that stacks are moved from. @throws Error that says what is missing. */
export async function withSource<T>(
  { url, organization }: From,
  env: NodeJS.ProcessEnv,
  work: (source: Source) => Promise<T>,
): Promise<T> {
  // The Pulumi CLI is not given the token, and it needs it for no backend.
  const { [TOKEN_VARIABLE]: _, ...rest } = env;
  if (isService(url)) {
    const name = serverAt(url);
    const client = clientOf({ url: name, token: await tokenFor(name, env) });
    return work(serviceSource(client, { url: name, ...(organization && { organization }) }));
  }
  if (organization)
    throw new Error("--from-org is for a service: the stacks of a bucket or a folder are in no organization.");
  const backend = backendOf(url, { cwd: resolve("."), env });
  return withPulumi(backend, rest, (pulumi) => work(backendSource(pulumi, backend)));
}

async function tokenFor(name: string, env: NodeJS.ProcessEnv): Promise<string> {
  const token = env[TOKEN_VARIABLE]?.trim() || (await readCredentials(env)).accounts?.[name]?.accessToken;
  if (token) return token;
  throw new Error(
    `There is no access token for ${name}: set ${TOKEN_VARIABLE}, or run \`pulumi login ${name}\` first.`,
  );
}
