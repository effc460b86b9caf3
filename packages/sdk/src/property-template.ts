import { unknownType } from "@quillon/proto";
import { createAsset } from "./assets.ts";
import { Broken, MarkedAsset, type Properties } from "./properties.ts";
import { unknownCheckingProxy } from "./proxy.ts";
import { Secret } from "./secret.ts";

/**
 * A property map that is prepared for one copy per policy, so that no policy sees what another one wrote. A copy costs less
 * than a few reads through a proxy, so only a map that holds an unknown gets a proxy.
 */
export class PropertyTemplate {
  readonly #root: ContainerTemplate;
  readonly #holdsUnknown: boolean;
  /** The secrets in the map; `undefined` when there are none. */
  readonly secrets: Secret[] | undefined;

  /**
   * @throws `Error` when an object has an unknown signature. Of several, the first in key order is reported, so that the
   * message is the same on every run.
   */
  constructor(properties: Properties) {
    const seen: Seen = { unknown: false, secrets: undefined };
    this.#root = new ContainerTemplate(properties, seen);
    this.#holdsUnknown = seen.unknown;
    this.secrets = seen.secrets;
  }

  /** The map as a policy sees it: secrets are plain values, assets are objects, reading an unknown throws. */
  copy(): Record<string, any> {
    const copy = this.#root.copy() as Record<string, any>;
    return this.#holdsUnknown ? unknownCheckingProxy(copy) : copy;
  }
}

interface Template {
  copy(): unknown;
}

/** What was found in a map. */
interface Seen {
  unknown: boolean;
  secrets: Secret[] | undefined;
}

/** A place in a map or a list that needs a new value in each copy. */
interface Part {
  at: string | number;
  template: Template;
}

class ContainerTemplate implements Template {
  readonly #values: Properties | unknown[];
  /** `undefined` when all values are scalars, as in most of the thousands of maps of a stack. */
  #parts: Part[] | undefined;

  constructor(values: Properties | unknown[], seen: Seen) {
    this.#values = values;
    if (Array.isArray(values)) for (let at = 0; at < values.length; at++) this.#look(at, values[at], seen);
    else for (const key in values) this.#look(key, values[key], seen);
  }

  copy(): Properties | unknown[] {
    const copy = Array.isArray(this.#values) ? this.#values.slice() : { ...this.#values };
    if (this.#parts) for (const { at, template } of this.#parts) (copy as Properties)[at] = template.copy();
    return copy;
  }

  #look(at: string | number, value: unknown, seen: Seen): void {
    if (typeof value !== "object" || value === null) {
      if (unknownType(value)) seen.unknown = true;
      return;
    }
    const part = { at, template: templateOf(value, seen) };
    // A list literal of one item is much smaller in memory than a list that grew by `push`.
    if (this.#parts) this.#parts.push(part);
    else this.#parts = [part];
  }
}

class AssetTemplate implements Template {
  readonly #asset: MarkedAsset;

  constructor(asset: MarkedAsset) {
    this.#asset = asset;
  }

  copy(): object {
    return createAsset(this.#asset.content);
  }
}

class ScalarTemplate implements Template {
  readonly #value: unknown;

  constructor(value: unknown, seen: Seen) {
    this.#value = value;
    if (unknownType(value)) seen.unknown = true;
  }

  copy(): unknown {
    return this.#value;
  }
}

function templateOf(value: unknown, seen: Seen): Template {
  if (typeof value !== "object" || value === null) return new ScalarTemplate(value, seen);
  if (value instanceof Secret) {
    seen.secrets ??= [];
    seen.secrets.push(value);
    return templateOf(value.value, seen);
  }
  if (value instanceof MarkedAsset) return new AssetTemplate(value);
  if (value instanceof Broken) throw value.error;
  return new ContainerTemplate(value as Properties | unknown[], seen);
}
