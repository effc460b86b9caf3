import type { WireOptions, WireProvider, WireResource } from "./analyzer-read.ts";
import { SECRET, SIGNATURE, UNKNOWN } from "./signature.ts";
import type { PropertyMap, Revive } from "./struct-read.ts";

/** `{[SIGNATURE]: RESOURCE_REFERENCE, urn, id?}`, in a state. Policies get the id, or else the URN. */
const RESOURCE_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";

/** A state that can't be evaluated. The message says why, and what to do. */
export class StateUnreadable extends Error {
  override readonly name = "StateUnreadable";
}

/** The resources of a stack as an audit evaluates them, in the order of the state. */
export interface ExportedState {
  /** Of the first resource; both empty for a state without any. */
  project: string;
  stack: string;
  /** Where violations of the whole stack are shown. */
  rootUrn: string;
  urns: ReadonlySet<string>;
  /** With their inputs, which resource policies get. Each is made when it is wanted, because thousands are costly to keep. */
  inputs(): Iterable<WireResource>;
  /** The same resources with their outputs, which stack policies get. */
  outputs(): WireResource[];
}

/** The fields of a resource in a state that policies see. */
export interface StateResource {
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
 * Reads what `pulumi stack export` writes, or the file of a stack in a bucket or a folder. Resources that are about to be deleted,
 * or that are only read, are left out.
 *
 * https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/resource/deploy/analyze_snapshot.go
 *
 * @param secrets By ciphertext, the values of secrets, as JSON. A secret that is not among them, and not in the state as plain text, is
 * unknown.
 * @throws StateUnreadable when it is no such state.
 */
export function readState(text: string, secrets: Readonly<Record<string, string>> = {}): ExportedState {
  const all = resourcesIn(text);
  all.forEach(checkResource);
  // What has no mark needs no walk through its properties.
  const marked = text.includes(SIGNATURE);
  const propertiesOf = (raw: Record<string, unknown> | undefined) => new StateProperties(raw ?? {}, marked, secrets);
  const providers = new Map<string, WireProvider>();
  for (const { type, urn, inputs } of all)
    if (type.startsWith("pulumi:providers:"))
      providers.set(urn, { type, urn, name: nameOf(urn), properties: propertiesOf(inputs) });
  const kept = all.filter((one) => !one.delete && !one.external);
  const made = (one: StateResource, properties: Record<string, unknown> | undefined) =>
    resourceOf(one, providers, propertiesOf(properties));
  return {
    ...namesOf(all),
    rootUrn: rootOf(all),
    urns: new Set(kept.map(({ urn }) => urn)),
    *inputs() {
      for (const one of kept) yield made(one, one.inputs);
    },
    outputs: () => kept.map((one) => made(one, one.outputs)),
  };
}

function resourcesIn(text: string): StateResource[] {
  let state: { version?: unknown; deployment?: unknown; checkpoint?: { latest?: unknown } | null };
  try {
    state = JSON.parse(text);
  } catch (error) {
    throw new StateUnreadable(`it is not JSON: ${(error as Error).message}. Is the file whole?`);
  }
  const deployment = isObject(state)
    ? (state.deployment ?? (isObject(state.checkpoint) && state.checkpoint.latest))
    : undefined;
  if (!isObject(state) || (state.deployment === undefined && state.checkpoint === undefined))
    throw new StateUnreadable("it holds no deployment. Write it with: pulumi stack export --file state.json");
  // 4 says with a list of features what a CLI must know to change the stack. None of them changes how resources are written.
  if (state.version !== 3 && state.version !== 4)
    throw new StateUnreadable(
      `its version is ${JSON.stringify(state.version) ?? "missing"}, and 3 and 4 can be read. Export it again with a current Pulumi CLI.`,
    );
  const { resources } = isObject(deployment) ? deployment : {};
  if (resources === undefined || resources === null) return [];
  if (!Array.isArray(resources)) throw new StateUnreadable("its resources are not a list.");
  return resources;
}

function checkResource(resource: StateResource, index: number): void {
  const which = `resource number ${index + 1}`;
  if (!isObject(resource)) throw new StateUnreadable(`${which} is not an object.`);
  const { urn, type, inputs, outputs } = resource;
  if (typeof urn !== "string" || !urn.startsWith("urn:pulumi:") || nameOf(urn) === "")
    throw new StateUnreadable(`${which} has no valid URN: ${JSON.stringify(urn) ?? "it is missing"}.`);
  if (typeof type !== "string") throw new StateUnreadable(`${urn} has no type.`);
  if (!areProperties(inputs)) throw new StateUnreadable(`the inputs of ${urn} are not an object.`);
  if (!areProperties(outputs)) throw new StateUnreadable(`the outputs of ${urn} are not an object.`);
}

function resourceOf(
  resource: StateResource,
  providers: ReadonlyMap<string, WireProvider>,
  properties: PropertyMap,
): WireResource {
  const { urn, type, parent, dependencies, propertyDependencies, provider } = resource;
  return {
    type,
    urn,
    name: nameOf(urn),
    properties,
    parent: parent ?? "",
    options: optionsOf(resource),
    // A reference to a provider is the provider's URN, two colons, and the provider's id.
    provider: provider ? providers.get(provider.slice(0, provider.lastIndexOf("::"))) : undefined,
    dependencies: dependencies ?? NONE,
    propertyDependencies: propertyDependencies
      ? Object.entries(propertyDependencies).map(([property, urns]) => ({ property, urns: urns ?? [] }))
      : NONE,
  };
}

function optionsOf(resource: StateResource): WireOptions {
  const { protect, ignoreChanges, aliases, additionalSecretOutputs, customTimeouts: timeouts, parent } = resource;
  return {
    protect: protect ?? false,
    ignoreChanges: ignoreChanges ?? NONE,
    deleteBeforeReplace: false,
    deleteBeforeReplaceDefined: false,
    additionalSecretOutputs: additionalSecretOutputs ?? NONE,
    aliases: aliases ?? NONE,
    customTimeouts: { create: timeouts?.create ?? 0, update: timeouts?.update ?? 0, delete: timeouts?.delete ?? 0 },
    parent: parent ?? "",
  };
}

const NONE: readonly never[] = [];

function namesOf([first]: StateResource[]): { stack: string; project: string } {
  const [, stack = "", project = ""] = /^urn:pulumi:(.*?)::(.*?)::/s.exec(first?.urn ?? "") ?? [];
  return { stack, project };
}

function rootOf(resources: StateResource[]): string {
  const root = resources.find(({ type, parent }) => type === "pulumi:pulumi:Stack" && !parent);
  const { stack, project } = namesOf(resources);
  if (root || !stack) return root?.urn ?? "";
  return `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${project}-${stack}`;
}

/** All after the third `::`, because a name may have them, too. */
function nameOf(urn: string): string {
  const project = urn.indexOf("::");
  const types = project < 0 ? -1 : urn.indexOf("::", project + 2);
  const name = types < 0 ? -1 : urn.indexOf("::", types + 2);
  return name < 0 ? "" : urn.slice(name + 2);
}

class StateProperties implements PropertyMap {
  readonly #raw: Record<string, unknown>;
  readonly #marked: boolean;
  readonly #secrets: Readonly<Record<string, string>>;

  constructor(raw: Record<string, unknown>, marked: boolean, secrets: Readonly<Record<string, string>>) {
    this.#raw = raw;
    this.#marked = marked;
    this.#secrets = secrets;
  }

  decode(revive: Revive = (object) => object): Record<string, unknown> {
    return this.#marked ? this.#map(this.#raw, revive) : this.#raw;
  }

  #map(object: object, revive: Revive): Record<string, unknown> {
    return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, this.#value(value, revive)]));
  }

  #value(value: unknown, revive: Revive): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((one) => this.#value(one, revive));
    const { [SIGNATURE]: signature, id, urn } = value as Record<string, unknown>;
    if (signature === SECRET) return revive({ [SIGNATURE]: SECRET, value: this.#value(this.#secret(value), revive) });
    if (signature === RESOURCE_REFERENCE) return typeof id === "string" ? id : urn;
    return revive(this.#map(value, revive));
  }

  #secret({ plaintext, ciphertext }: { plaintext?: unknown; ciphertext?: unknown }): unknown {
    const json = plaintext ?? (typeof ciphertext === "string" ? this.#secrets[ciphertext] : undefined);
    if (typeof json !== "string") return UNKNOWN.string;
    try {
      return JSON.parse(json);
    } catch {
      throw new StateUnreadable("the plain text of a secret in it is not JSON.");
    }
  }
}

function areProperties(value: unknown): boolean {
  return value === undefined || value === null || isObject(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
