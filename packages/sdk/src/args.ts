import type { WireProvider, WireResource } from "@quillon/proto";
import type { PackState } from "./definition.ts";
import type { Policy } from "./policy.ts";
import { decodeProperties, isSecretAt, type Properties } from "./properties.ts";
import { PropertyTemplate } from "./property-template.ts";
import type { PolicyProviderResource, PolicyResourceOptions, ResourceValidationArgs } from "./resource.ts";
import { isOfClass } from "./resource-class.ts";
import { notApplicable } from "./run.ts";
import { type KnowsSecrets, SecretTexts } from "./secrets/texts.ts";
import type { PolicyResource } from "./stack.ts";

/**
 * A resource of a request. Its properties are decoded once, when the first policy applies. Each policy gets its own copy, so
 * that no policy sees what another one wrote. This is the hot path: each object is one literal, without spreading.
 */
export class AnalyzedResource implements KnowsSecrets {
  readonly message: WireResource;
  #properties: Properties | undefined;
  #template: PropertyTemplate | undefined;
  readonly #providers: Providers;

  constructor(message: WireResource, providers = new Providers()) {
    this.message = message;
    this.#providers = providers;
  }

  get properties(): Properties {
    this.#properties ??= decodeProperties(this.message.properties);
    return this.#properties;
  }

  /** The secret strings in those properties of the resource and its provider that policies have been shown. */
  secretTexts(): SecretTexts {
    const texts = new SecretTexts();
    this.teach(texts);
    this.#providers.teach(texts);
    return texts;
  }

  /** Adds the secret strings of the properties that policies have been shown to `texts`. */
  teach(texts: SecretTexts): void {
    texts.learn(this.#template?.secrets, undefined);
  }

  /**
   * What a resource policy is called with.
   *
   * @param props The properties that the policy gets; by default a new copy.
   */
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
   * What a stack policy sees of the resource. The caller adds its parent and dependencies when it has made all resources.
   *
   * @param presented The copies of providers that this policy has been shown already, because resources with one provider share a copy.
   */
  resource(presented: SharedProviders): PolicyResource {
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
    const { provider } = this.message;
    if (provider) resource.provider = presented.get(provider) ?? this.#present(provider, presented);
    return resource;
  }

  readonly #isType = (resourceClass: unknown): boolean => isOfClass(this.message.type, resourceClass);
  readonly #isSecret = (path: string | (string | number)[]): boolean => isSecretAt(this.properties, path);

  #freshProps(): Record<string, any> {
    this.#template ??= new PropertyTemplate(this.properties);
    return this.#template.copy();
  }

  #present(provider: WireProvider, presented: SharedProviders): PolicyProviderResource {
    const own = this.#providers.present(provider);
    presented.set(provider, own);
    return own;
  }

  #options(): PolicyResourceOptions {
    const options = this.message.options;
    if (!options) throw new Error(NO_OPTIONS);
    const { protect, ignoreChanges, aliases, customTimeouts: timeouts, additionalSecretOutputs } = options;
    const opts: PolicyResourceOptions = {
      protect,
      ignoreChanges: ownList(ignoreChanges),
      aliases: ownList(aliases),
      customTimeouts: {
        createSeconds: timeouts.create,
        updateSeconds: timeouts.update,
        deleteSeconds: timeouts.delete,
      },
      additionalSecretOutputs: ownList(additionalSecretOutputs),
    };
    if (options.deleteBeforeReplaceDefined) opts.deleteBeforeReplace = options.deleteBeforeReplace;
    if (options.parent) opts.parent = options.parent;
    return opts;
  }
}

export type SharedProviders = Map<WireProvider, PolicyProviderResource>;

/** The providers of one request. Each is decoded once, because thousands of resources can have the same provider. */
export class Providers {
  readonly #templates = new Map<WireProvider, PropertyTemplate>();

  /** Makes the copy of a provider that one policy gets. */
  present(provider: WireProvider): PolicyProviderResource {
    let template = this.#templates.get(provider);
    if (!template) {
      template = new PropertyTemplate(decodeProperties(provider.properties));
      this.#templates.set(provider, template);
    }
    const { type, urn, name } = provider;
    return { type, props: template.copy(), urn, name };
  }

  /** Adds the secret strings of the providers that policies have been shown to `texts`. */
  teach(texts: SecretTexts): void {
    for (const { secrets } of this.#templates.values()) texts.learn(secrets, undefined);
  }
}

function ownList(list: readonly string[]): string[] {
  return list.length === 0 ? [] : list.slice();
}

const NO_OPTIONS =
  "The engine sent no resource options, which every Pulumi CLI since 2.0 does. Upgrade the CLI: https://www.pulumi.com/docs/install/";
