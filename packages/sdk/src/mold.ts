import { unknownType } from "@quillon/proto";
import { createAsset } from "./assets.ts";
import { Broken, MarkedAsset, type Properties } from "./properties.ts";
import { unknownCheckingProxy } from "./proxy.ts";
import { Secret } from "./secret.ts";

/**
 * A property map made ready to be copied once per policy, so that none sees what another one wrote. To copy a map costs less
 * than to read through a proxy a few times: only a map that holds an unknown is behind one.
 */
export class PropertyMold {
  readonly #root: ContainerMold;
  readonly #holdsUnknown: boolean;

  /**
   * Throws `Error` on a marked object that is none of the known ones; on the first of several in the order of their keys,
   * so that the message is the same on every run.
   */
  constructor(properties: Properties) {
    const seen = { unknown: false };
    this.#root = new ContainerMold(properties, seen);
    this.#holdsUnknown = seen.unknown;
  }

  /** The map as a policy sees it: secrets are plain values, assets are objects, reading an unknown throws. */
  cast(): Record<string, any> {
    const copy = this.#root.cast() as Record<string, any>;
    return this.#holdsUnknown ? unknownCheckingProxy(copy) : copy;
  }
}

interface Mold {
  cast(): unknown;
}

/** What was met on the way through a map. */
interface Seen {
  unknown: boolean;
}

/** Where in a map or a list a value of its own is needed, and how it is made. */
interface Part {
  at: string | number;
  mold: Mold;
}

class ContainerMold implements Mold {
  readonly #values: Properties | unknown[];
  /** Absent where all values are scalars, which is so in most of the thousands of maps of a stack. */
  #parts: Part[] | undefined;

  constructor(values: Properties | unknown[], seen: Seen) {
    this.#values = values;
    if (Array.isArray(values)) for (let at = 0; at < values.length; at++) this.#look(at, values[at], seen);
    else for (const key in values) this.#look(key, values[key], seen);
  }

  cast(): Properties | unknown[] {
    const copy = Array.isArray(this.#values) ? this.#values.slice() : { ...this.#values };
    if (this.#parts) for (const { at, mold } of this.#parts) (copy as Properties)[at] = mold.cast();
    return copy;
  }

  #look(at: string | number, value: unknown, seen: Seen): void {
    if (typeof value !== "object" || value === null) {
      if (unknownType(value)) seen.unknown = true;
      return;
    }
    const part = { at, mold: moldOf(value, seen) };
    // A list of one takes a fraction of what one takes that is made to grow.
    if (this.#parts) this.#parts.push(part);
    else this.#parts = [part];
  }
}

class AssetMold implements Mold {
  readonly #asset: MarkedAsset;

  constructor(asset: MarkedAsset) {
    this.#asset = asset;
  }

  cast(): object {
    return createAsset(this.#asset.content);
  }
}

class ScalarMold implements Mold {
  readonly #value: unknown;

  constructor(value: unknown, seen: Seen) {
    this.#value = value;
    if (unknownType(value)) seen.unknown = true;
  }

  cast(): unknown {
    return this.#value;
  }
}

function moldOf(value: unknown, seen: Seen): Mold {
  if (typeof value !== "object" || value === null) return new ScalarMold(value, seen);
  if (value instanceof Secret) return moldOf(value.value, seen);
  if (value instanceof MarkedAsset) return new AssetMold(value);
  if (value instanceof Broken) throw value.error;
  return new ContainerMold(value as Properties | unknown[], seen);
}
