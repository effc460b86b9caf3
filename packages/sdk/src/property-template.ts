import { unknownType } from "@quillon/proto";
import { createAsset } from "./assets.ts";
import { Broken, MarkedAsset, type Properties } from "./properties.ts";
import { unknownCheckingProxy } from "./proxy.ts";
import { Secret } from "./secret.ts";

/**
 * A property map made ready to be copied once per policy, so that none sees what another one wrote. To copy a map costs less
 * than to read through a proxy a few times: only a map that holds an unknown is behind one.
 */
export class PropertyTemplate {
  readonly #root: ContainerTemplate;
  readonly #holdsUnknown: boolean;

  /**
   * Throws `Error` on a marked object that is none of the known ones; on the first of several in the order of their keys,
   * so that the message is the same on every run.
   */
  constructor(properties: Properties) {
    const seen = { unknown: false };
    this.#root = new ContainerTemplate(properties, seen);
    this.#holdsUnknown = seen.unknown;
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

/** What was met on the way through a map. */
interface Seen {
  unknown: boolean;
}

/** Where in a map or a list a value of its own is needed, and how it is made. */
interface Part {
  at: string | number;
  template: Template;
}

class ContainerTemplate implements Template {
  readonly #values: Properties | unknown[];
  /** Absent where all values are scalars, which is so in most of the thousands of maps of a stack. */
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
    // A list of one takes a fraction of what one takes that is made to grow.
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
  if (value instanceof Secret) return templateOf(value.value, seen);
  if (value instanceof MarkedAsset) return new AssetTemplate(value);
  if (value instanceof Broken) throw value.error;
  return new ContainerTemplate(value as Properties | unknown[], seen);
}
