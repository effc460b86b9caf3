import type { AnalyzeRequest, AnalyzerProviderResource, AnalyzerResource } from "@quillon/proto";
import type { PackState } from "./definition.ts";
import { PropertyMold } from "./mold.ts";
import { getPulumiType } from "./of-type.ts";
import type { Policy } from "./policy.ts";
import { decodeProperties, isSecretAt, type Properties } from "./properties.ts";
import type { PolicyProviderResource, PolicyResourceOptions, ResourceValidationArgs } from "./resource.ts";
import { notApplicable } from "./run.ts";
import type { PolicyResource } from "./stack.ts";

const NOTHING = new Uint8Array();

/**
 * A resource of a request. Its properties are decoded once, when the first policy applies; what policies get is made anew
 * for each, so that none sees what another one wrote. This is the hot path: one literal an object, no spreading.
 */
export class Subject {
  readonly message: AnalyzeRequest | AnalyzerResource;
  #properties: Properties | undefined;
  #mold: PropertyMold | undefined;
  readonly #providers: Providers;

  constructor(message: AnalyzeRequest | AnalyzerResource, providers = new Providers()) {
    this.message = message;
    this.#providers = providers;
  }

  get properties(): Properties {
    this.#properties ??= decodeProperties(this.message.properties ?? NOTHING);
    return this.#properties;
  }

  /** @param props What to show as properties, when that is not a fresh copy of them. */
  args(pack: PackState, policy: Policy, props = this.#freshProps()): ResourceValidationArgs {
    const { type, urn, name } = this.message;
    const args: ResourceValidationArgs = {
      type,
      props,
      urn,
      name,
      opts: this.#options(),
      stackTags: pack.stackTags,
      isType: this.#isType,
      asType: (resourceClass) => (this.#isType(resourceClass) ? (props as never) : undefined),
      getConfig: <T extends object>() => pack.properties(policy) as T,
      notApplicable,
      isSecret: this.#isSecret,
    };
    if (this.message.provider) args.provider = this.#providers.present(this.message.provider);
    return args;
  }

  /**
   * Without the resources it refers to, which have to be there first.
   *
   * @param shared The providers that this policy has been shown already: resources of one provider share it.
   */
  resource(shared: SharedProviders): PolicyResource {
    const { type, urn, name } = this.message;
    const props = this.#freshProps();
    const resource: PolicyResource = {
      type,
      props,
      urn,
      name,
      opts: this.#options(),
      dependencies: [],
      propertyDependencies: {},
      isType: this.#isType,
      asType: (resourceClass) => (this.#isType(resourceClass) ? (props as never) : undefined),
      isSecret: this.#isSecret,
    };
    if (this.message.provider) resource.provider = this.#providers.present(this.message.provider, shared);
    return resource;
  }

  readonly #isType = (resourceClass: unknown): boolean => isTypeOf(this.message.type, resourceClass);
  readonly #isSecret = (path: string | (string | number)[]): boolean => isSecretAt(this.properties, path);

  #freshProps(): Record<string, any> {
    this.#mold ??= new PropertyMold(this.properties);
    return this.#mold.cast();
  }

  #options(): PolicyResourceOptions {
    const options = this.message.options;
    if (!options) throw new Error(NO_OPTIONS);
    const timeouts = options.customTimeouts;
    const opts: PolicyResourceOptions = {
      protect: options.protect,
      ignoreChanges: options.ignoreChanges,
      aliases: options.aliases,
      customTimeouts: {
        createSeconds: timeouts?.create ?? 0,
        updateSeconds: timeouts?.update ?? 0,
        deleteSeconds: timeouts?.delete ?? 0,
      },
      additionalSecretOutputs: options.additionalSecretOutputs,
    };
    if (options.deleteBeforeReplaceDefined) opts.deleteBeforeReplace = options.deleteBeforeReplace;
    if (options.parent) opts.parent = options.parent;
    return opts;
  }
}

export type SharedProviders = Map<PropertyMold, PolicyProviderResource>;

/** The providers of one request. Thousands of resources have the same one, so each is decoded once. */
export class Providers {
  readonly #known = new Map<string, { bytes: Uint8Array; mold: PropertyMold }>();

  present(provider: AnalyzerProviderResource, shared: SharedProviders = new Map()): PolicyProviderResource {
    const mold = this.#mold(provider);
    let presented = shared.get(mold);
    if (!presented) {
      const { type, urn, name } = provider;
      presented = { type, props: mold.cast(), urn, name };
      shared.set(mold, presented);
    }
    return presented;
  }

  #mold({ urn, properties: bytes = NOTHING }: AnalyzerProviderResource): PropertyMold {
    const known = this.#known.get(urn);
    if (known && Buffer.compare(known.bytes, bytes) === 0) return known.mold;
    const mold = new PropertyMold(decodeProperties(bytes));
    this.#known.set(urn, { bytes, mold });
    return mold;
  }
}

const NO_OPTIONS =
  "The engine sent no resource options, which every Pulumi CLI since 2.0 does. Upgrade the CLI: https://www.pulumi.com/docs/install/";

/** Generated classes carry their type token; for others `isInstance` decides, as it does in `@pulumi/pulumi`. */
function isTypeOf(type: string, resourceClass: unknown): boolean {
  const wanted = getPulumiType(resourceClass);
  if (wanted) return type === wanted;
  const { isInstance } = resourceClass as { isInstance?: unknown };
  return typeof isInstance === "function" && isInstance({ __pulumiType: type }) === true;
}
