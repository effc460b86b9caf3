import { unknownType } from "@quillon/proto";
import { createAsset } from "./assets.ts";
import { Broken, MarkedAsset, type Properties } from "./properties.ts";
import { unknownCheckingProxy } from "./proxy.ts";
import { Secret } from "./secret.ts";

// Every policy gets properties of its own, so that none sees what another one wrote. Copies are plain objects: reading a
// proxy costs more than copying what is behind it, so proxies are kept for the properties that hold an unknown.

/** A property map prepared for copying: secrets are plain values in it, and it knows which of its values need a copy each. */
export class PropertyMold {
  readonly #root: MapMold;
  readonly #unknown: boolean;

  /**
   * Throws `Error` on a marked object that is none of the known ones; on the first of several in the order of their keys,
   * so that the message is the same on every run.
   */
  constructor(properties: Properties) {
    const found = { unknown: false };
    this.#root = new MapMold(properties, found);
    this.#unknown = found.unknown;
  }

  /** The map as one policy sees it: its own, and throwing where an unknown is read. */
  cast(): Record<string, any> {
    const copy = this.#root.cast();
    return this.#unknown ? unknownCheckingProxy(copy) : copy;
  }
}

interface Mold {
  cast(): unknown;
}

interface Found {
  unknown: boolean;
}

class MapMold implements Mold {
  readonly #values: Properties;
  readonly #parts: [key: string, mold: Mold][] = [];

  constructor(properties: Properties, found: Found) {
    this.#values = properties;
    for (const key in properties) {
      const value = properties[key];
      const plain = revealed(value);
      if (plain !== value) {
        if (this.#values === properties) this.#values = { ...properties };
        this.#values[key] = plain;
      }
      const mold = moldOf(plain, found);
      if (mold) this.#parts.push([key, mold]);
    }
  }

  cast(): Record<string, any> {
    const copy = { ...this.#values };
    for (const [key, mold] of this.#parts) copy[key] = mold.cast();
    return copy;
  }
}

class ListMold implements Mold {
  readonly #values: unknown[];
  readonly #parts: [index: number, mold: Mold][] = [];

  constructor(list: unknown[], found: Found) {
    this.#values = list.map(revealed);
    for (const [index, value] of this.#values.entries()) {
      const mold = moldOf(value, found);
      if (mold) this.#parts.push([index, mold]);
    }
  }

  cast(): unknown[] {
    const copy = this.#values.slice();
    for (const [index, mold] of this.#parts) copy[index] = mold.cast();
    return copy;
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

/** `undefined` for a value that is no object and so is its own copy. */
function moldOf(value: unknown, found: Found): Mold | undefined {
  if (typeof value !== "object" || value === null) {
    if (unknownType(value)) found.unknown = true;
    return undefined;
  }
  if (Array.isArray(value)) return new ListMold(value, found);
  if (value instanceof MarkedAsset) return new AssetMold(value);
  if (value instanceof Broken) throw value.error;
  return new MapMold(value as Properties, found);
}

/** What is in a secret, however often it was wrapped. */
function revealed(value: unknown): unknown {
  return value instanceof Secret ? revealed(value.value) : value;
}
