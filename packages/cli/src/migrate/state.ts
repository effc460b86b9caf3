import { createHash } from "node:crypto";
import { JsonText } from "@quillon/contract/client";
import { isObject } from "../is-object.ts";
import { SECRET, SIGNATURE } from "../secret-mark.ts";

/** A state with its version, as `pulumi stack export` prints it. Its numbers are as they came. */
export interface Untyped {
  version: number;
  features?: string[];
  deployment: Record<string, unknown>;
}

/** What has encrypted the secrets of a state. */
export interface Provider {
  type: string;
  state?: unknown;
}

export interface StateFacts {
  resources: number;
  /** In the URN of its first resource. */
  project?: string;
  provider?: Provider;
  ciphertexts: string[];
  /** The names of stacks whose outputs its program reads. */
  references: string[];
}

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return isObject(value) && !(value instanceof JsonText);
}

function isSecret(value: Fields): value is Fields & { ciphertext: string } {
  return value[SIGNATURE] === SECRET && typeof value.ciphertext === "string";
}

export function factsOf({ deployment }: Untyped): StateFacts {
  const resources = (Array.isArray(deployment.resources) ? deployment.resources : []).filter(isFields);
  const ciphertexts = new Set<string>();
  mapSecrets(deployment, (secret) => {
    ciphertexts.add(secret.ciphertext);
    return secret;
  });
  const [, project] = /^urn:pulumi:[^:]*::([^:]+)::/.exec(String(resources[0]?.urn)) ?? [];
  const provider = providerOf(deployment.secrets_providers);
  return {
    resources: resources.length,
    ...(project && { project }),
    ...(provider && { provider }),
    ciphertexts: [...ciphertexts],
    references: [...new Set(resources.flatMap(referenceOf))],
  };
}

function providerOf(given: unknown): Provider | undefined {
  if (!isFields(given) || typeof given.type !== "string" || given.type === "") return undefined;
  return { type: given.type, state: given.state };
}

const REFERENCE = "pulumi:pulumi:StackReference";

function referenceOf({ type, inputs }: Fields): string[] {
  return type === REFERENCE && isFields(inputs) && typeof inputs.name === "string" ? [inputs.name] : [];
}

/** The state with each secret, and its provider, replaced. What else it has is as it was. */
export function encryptedAnew(
  { deployment, ...rest }: Untyped,
  provider: Provider,
  ciphertexts: ReadonlyMap<string, string>,
): Untyped {
  return { ...rest, deployment: { ...secretsBy(deployment, "ciphertext", ciphertexts), secrets_providers: provider } };
}

/** The state with each secret in plain, as `pulumi stack export --show-secrets` has it. */
export function inPlain({ deployment, ...rest }: Untyped, plaintexts: ReadonlyMap<string, string>): Untyped {
  return { ...rest, deployment: secretsBy(deployment, "plaintext", plaintexts) };
}

function secretsBy(deployment: Fields, field: string, values: ReadonlyMap<string, string>): Fields {
  return mapSecrets(deployment, ({ ciphertext }) => {
    const value = values.get(ciphertext);
    if (value === undefined) throw new Error("A secret of the state was not answered.");
    return { [SIGNATURE]: SECRET, [field]: value };
  }) as Fields;
}

function mapSecrets(value: unknown, change: (secret: { ciphertext: string }) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, change));
  if (!isFields(value)) return value;
  if (isSecret(value)) return change(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapSecrets(inner, change)]));
}

/** The same for the same state. */
export function digestOf(state: Untyped): string {
  return createHash("sha256").update(JsonText.stringify(state)).digest("hex");
}

/** Whether there is nothing in it. A stack that was only made has such a state. */
export function isEmpty({ resources, provider }: StateFacts): boolean {
  return resources === 0 && (provider === undefined || provider.type === "service");
}
