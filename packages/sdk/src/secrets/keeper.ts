import { ARCHIVE, ASSET, SECRET, SIGNATURE } from "@quillon/proto";
import type { WriteNoticer } from "../proxy.ts";
import { bothPaths, pathsBelow, type SecretPaths, secretIn, secretPathsOf } from "./paths.ts";
import { type KnowsSecrets, SecretTexts } from "./texts.ts";

/** As on the wire, with the wire's marks. */
type Fields = Record<string, unknown>;

/** What the policies of a request are given: the properties that they may change, and others that they may read. */
export interface Given {
  properties: Fields;
  others: Fields[];
}

/**
 * Keeps secret what was secret while the remediations of a pack pass a resource on from one to the next:
 *
 * - What is at a path where a secret was is secret.
 * - A string that is or contains a secret string is secret, unless the policy was given it at that path, not secret.
 *
 * Secret strings are those that were given, and those that any of the policies wrote as a `Secret` or where a secret was.
 */
export class SecretKeeper implements KnowsSecrets, WriteNoticer {
  readonly #given: () => Given;
  readonly #texts = new SecretTexts();
  #paths: SecretPaths;
  /** What the next policy is given; `undefined` until something had to be compared with it. */
  #before: Fields | undefined;
  /** Whether a policy has changed anything. */
  #touched = false;

  /** @param given Is called when the first policy has changed something: most change nothing. */
  constructor(given: () => Given) {
    this.#given = given;
  }

  secretTexts(): SecretTexts {
    this.#start();
    return this.#texts;
  }

  /** Notes what a policy writes into the properties that it was given, as it may be overwritten before the policy ends. */
  wrote(value: unknown, isSecret: boolean): void {
    this.#touched = true;
    this.#texts.learn(value, isSecret || undefined);
  }

  /** Notes what a policy has left in its properties without returning them. The next policy sees it. */
  lookAt(left: object): void {
    if (!this.#touched) return;
    this.#start();
    this.#texts.learn(left, this.#paths);
  }

  /** @returns The properties that a policy returned, with the marks that it lost. */
  keep(returned: unknown): Fields {
    const before = this.#start();
    this.#touched = true;
    this.#texts.learn(returned, this.#paths);
    if (this.#texts.size > 0 || this.#paths || secretIn(returned)) this.#before = this.#root(returned, before);
    else this.#before = new Object(returned) as Fields;
    this.#paths = bothPaths(this.#paths, secretPathsOf(this.#before));
    return this.#before;
  }

  #start(): Fields {
    if (this.#before) return this.#before;
    const { properties, others } = this.#given();
    for (const one of [properties, ...others]) this.#texts.learn(one, undefined);
    this.#paths = secretPathsOf(properties);
    this.#before = properties;
    return properties;
  }

  /** There is no mark for all properties at once, so each gets it. Their names are the provider's, and stay. */
  #root(returned: unknown, before: Fields): Fields {
    const secret = secretIn(returned);
    const all = secret !== undefined || (typeof returned === "string" && this.#texts.areIn(returned));
    const fields = Object.entries(new Object(secret ? secret.value : returned));
    return Object.fromEntries(
      fields.map(([key, value]) => [key, this.#marked(value, all || pathsBelow(this.#paths, key), child(before, key))]),
    );
  }

  #marked(value: unknown, paths: SecretPaths, before: unknown): unknown {
    if (secretIn(value)) return value;
    if (paths === true) return asSecret(value);
    if (typeof value === "string") return value !== before && this.#texts.areIn(value) ? asSecret(value) : value;
    if (typeof value !== "object" || value === null) return value;
    const markedAt = (key: string, inner: unknown) => this.#marked(inner, pathsBelow(paths, key), child(before, key));
    if (Array.isArray(value)) return value.map((item, index) => markedAt(`${index}`, item));
    const fields = Object.entries(value);
    if (fields.some(([key]) => !hasOwn(before, key) && this.#texts.areIn(key))) return asSecret(value);
    const marked = Object.fromEntries(fields.map(([key, inner]) => [key, markedAt(key, inner)]));
    // An asset with a mark inside is not an asset for the engine.
    return isAsset(value) && secretPathsOf(marked) ? asSecret(value) : marked;
  }
}

function asSecret(value: unknown): object {
  return { [SIGNATURE]: SECRET, value };
}

function isAsset(value: object): boolean {
  const signature = (value as Fields)[SIGNATURE];
  return signature === ASSET || signature === ARCHIVE;
}

function hasOwn(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

function child(value: unknown, key: string): unknown {
  return hasOwn(value, key) ? (value as Fields)[key] : undefined;
}
