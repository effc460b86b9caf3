import { readFile } from "node:fs/promises";
import { SECRET, SIGNATURE, type StateResource, UNKNOWN } from "@quillon/proto";
import { type PolicyResourceOptions, Secret } from "../core.ts";
import type { ResourceLiteral } from "./resource.ts";

/** A stack as `pulumi stack export` wrote it, as literals for a `TestPack`. */
export interface RecordedStack {
  /** Its resources. Those that are only read or about to be deleted are left out, because policies don't see them either. */
  resources: ResourceLiteral[];
}

/**
 * Reads a file that `pulumi stack export` wrote. With `--show-secrets` it has the values of secrets. Without, their values are
 * unknown, so a policy that reads one is undetermined.
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
  // A reference to a provider is the provider's URN, two colons, and the provider's id.
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

/** Makes literals of values in a state. A secret there has either a `ciphertext`, or a `plaintext` that is JSON. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  const { [SIGNATURE]: signature, plaintext } = value as Record<string, unknown>;
  if (signature === SECRET) {
    return new Secret(typeof plaintext === "string" ? plain(JSON.parse(plaintext)) : UNKNOWN.string);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
