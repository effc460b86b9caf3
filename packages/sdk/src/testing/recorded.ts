import { readFile } from "node:fs/promises";
import { SECRET, SIGNATURE, UNKNOWN } from "@quillon/proto";
import { type PolicyResourceOptions, Secret } from "../core.ts";
import type { ResourceLiteral } from "./resource.ts";

/** A stack as `pulumi stack export` writes it, ready to be asked about. */
export interface RecordedStack {
  /** Its resources, without those that were only read or are about to be deleted: policies don't see those either. */
  resources: ResourceLiteral[];
}

/** A resource of a deployment; the fields that policies get to see something of. */
interface StateResource {
  urn: string;
  type: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  parent?: string;
  protect?: boolean;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null>;
  provider?: string;
  aliases?: string[];
  ignoreChanges?: string[];
  additionalSecretOutputs?: string[];
  customTimeouts?: { create?: number; update?: number; delete?: number };
  delete?: boolean;
  external?: boolean;
}

/**
 * Reads a file that `pulumi stack export` has written. Secrets exported with `--show-secrets` keep their values; of the
 * others nobody here knows the value, so a policy that reads one is undetermined.
 *
 * @throws Error when the file is not such an export.
 *
 * @example
 * const stack = await readStack("test/production.json");
 */
export async function readStack(path: string | URL): Promise<RecordedStack> {
  const text = await readFile(path, "utf8");
  let resources: StateResource[] | undefined;
  try {
    const { deployment } = JSON.parse(text);
    resources = deployment?.resources ?? (deployment && []);
  } catch (error) {
    throw new Error(
      `${path} is not JSON: ${(error as Error).message}. Write it with: pulumi stack export --file ${path}`,
    );
  }
  if (!Array.isArray(resources)) {
    throw new Error(`${path} holds no deployment. Write it with: pulumi stack export --file ${path}`);
  }
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  return { resources: resources.filter((one) => !one.delete && !one.external).map((one) => toLiteral(one, byUrn)) };
}

function toLiteral(resource: StateResource, byUrn: Map<string, StateResource>): ResourceLiteral {
  const { urn, type, inputs = {}, outputs = inputs, parent, dependencies = [] } = resource;
  // A reference to a provider is its URN, two colons and its id.
  const provider = byUrn.get(resource.provider?.slice(0, resource.provider.lastIndexOf("::")) ?? "");
  return {
    urn,
    type,
    name: nameOf(urn),
    props: plain(inputs) as Record<string, unknown>,
    outputs: plain(outputs) as Record<string, unknown>,
    opts: optionsOf(resource),
    dependencies,
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.propertyDependencies ?? {}).map(([property, urns]) => [property, urns ?? []]),
    ),
    ...(parent && { parent }),
    ...(provider && {
      provider: {
        type: provider.type,
        urn: provider.urn,
        name: nameOf(provider.urn),
        props: plain(provider.inputs ?? {}) as Record<string, unknown>,
      },
    }),
  };
}

function optionsOf({ protect, ignoreChanges, aliases, additionalSecretOutputs, customTimeouts }: StateResource) {
  const { create = 0, update = 0, delete: remove = 0 } = customTimeouts ?? {};
  const options: Partial<PolicyResourceOptions> = {
    protect: protect ?? false,
    ignoreChanges: ignoreChanges ?? [],
    aliases: aliases ?? [],
    additionalSecretOutputs: additionalSecretOutputs ?? [],
    customTimeouts: { createSeconds: create, updateSeconds: update, deleteSeconds: remove },
  };
  return options;
}

const nameOf = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);

/** State as a literal. A secret is either `ciphertext`, or `plaintext`, which is JSON. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  const { [SIGNATURE]: signature, plaintext } = value as Record<string, unknown>;
  if (signature === SECRET) {
    return new Secret(typeof plaintext === "string" ? plain(JSON.parse(plaintext)) : UNKNOWN.string);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
