import type { AnalyzeRequest, AnalyzerProviderResource, AnalyzerResource } from "@quillon/proto";
import { getPulumiType } from "./of-type.ts";
import { decodeProperties, isSecretAt, type Properties, reveal } from "./properties.ts";
import { unknownCheckingProxy } from "./proxy.ts";
import type { PolicyProviderResource, PolicyResourceOptions } from "./resource.ts";

const NOTHING = new Uint8Array();

/** A resource of a request. Its properties are decoded once, when the first policy applies. */
export class Subject {
  readonly message: AnalyzeRequest | AnalyzerResource;
  #properties: Properties | undefined;
  #provider: Properties | undefined;

  constructor(message: AnalyzeRequest | AnalyzerResource) {
    this.message = message;
  }

  get properties(): Properties {
    this.#properties ??= decodeProperties(this.message.properties ?? NOTHING);
    return this.#properties;
  }

  /** What policies of both kinds see of it. Made anew for each, so that none sees what another one wrote. */
  present(props: Record<string, any> = unknownCheckingProxy(reveal(this.properties))) {
    const { type, urn, name } = this.message;
    const provider = this.#presentProvider();
    return {
      type,
      props,
      urn,
      name,
      opts: this.#options(),
      isType: (resourceClass: unknown) => isTypeOf(type, resourceClass),
      asType: (resourceClass: unknown): any => (isTypeOf(type, resourceClass) ? props : undefined),
      isSecret: (path: string | (string | number)[]) => isSecretAt(this.properties, path),
      ...(provider && { provider }),
    };
  }

  #presentProvider(): PolicyProviderResource | undefined {
    const provider: AnalyzerProviderResource | undefined = this.message.provider;
    if (!provider) return undefined;
    this.#provider ??= decodeProperties(provider.properties ?? NOTHING);
    const { type, urn, name } = provider;
    return { type, props: unknownCheckingProxy(reveal(this.#provider)), urn, name };
  }

  #options(): PolicyResourceOptions {
    const options = this.message.options;
    if (!options) {
      throw new Error(
        "The engine sent no resource options, which every Pulumi CLI since 2.0 does. Upgrade the CLI: https://www.pulumi.com/docs/install/",
      );
    }
    const timeouts = options.customTimeouts;
    return {
      protect: options.protect,
      ignoreChanges: [...options.ignoreChanges],
      aliases: [...options.aliases],
      customTimeouts: {
        createSeconds: timeouts?.create ?? 0,
        updateSeconds: timeouts?.update ?? 0,
        deleteSeconds: timeouts?.delete ?? 0,
      },
      additionalSecretOutputs: [...options.additionalSecretOutputs],
      ...(options.deleteBeforeReplaceDefined && { deleteBeforeReplace: options.deleteBeforeReplace }),
      ...(options.parent && { parent: options.parent }),
    };
  }
}

/** Generated classes carry their type token; for others `isInstance` decides, as it does in `@pulumi/pulumi`. */
function isTypeOf(type: string, resourceClass: unknown): boolean {
  const wanted = getPulumiType(resourceClass);
  if (wanted) return type === wanted;
  const { isInstance } = resourceClass as { isInstance?: unknown };
  return typeof isInstance === "function" && isInstance({ __pulumiType: type }) === true;
}
