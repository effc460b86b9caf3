import { SIGNATURE, unknownType } from "@quillon/proto";
import type { AssetContent } from "../assets.ts";
import { MarkedAsset } from "../properties.ts";
import { behindProxy } from "../proxy.ts";
import { pathsBelow, type SecretPaths, secretIn } from "./paths.ts";

/** Shorter strings are found by chance in too many others. */
const SHORTEST = 4;

const MASK = "[secret]";

/** The names of kinds are not an asset's content. */
function withoutKinds({ kind: _, ...content }: AssetContent): object {
  return "assets" in content ? Object.values(content.assets).map(withoutKinds) : content;
}

/**
 * A text, and how it is written inside JSON, where line breaks and quotes have escapes: one property often holds others as JSON, and
 * that JSON may be a string of another.
 */
function writtenForms(text: string): Set<string> {
  const once = escaped(text);
  return new Set([text, once, escaped(once)]);
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** What can say which strings are secret in a request. */
export interface KnowsSecrets {
  secretTexts(): SecretTexts;
}

/** The strings that are known to be secret, and where they are in other strings. */
export class SecretTexts {
  readonly #texts = new Set<string>();
  /** By their first characters, how long they are: looking for thousands of them takes as long as looking for one. */
  readonly #lengths = new Map<string, Set<number>>();

  /** The lines of those that have several: they are printed one by one, as when an object is shown. */
  #lines: SecretTexts | undefined;

  get size(): number {
    return this.#texts.size;
  }

  /**
   * Notes the strings in a value that are marked as secret, or are at one of these paths. The keys of maps are names, not
   * secrets. What a policy holds is read behind its proxies, and may contain itself.
   */
  learn(value: unknown, paths: SecretPaths): void {
    this.#learn(value, paths, new Set());
  }

  #learn(value: unknown, paths: SecretPaths, around: Set<object>): void {
    if (typeof value === "string" && paths === true) this.#add(value);
    if (typeof value !== "object" || value === null || around.has(value)) return;
    around.add(value);
    const behind = behindProxy(value);
    const secret = secretIn(value);
    if (behind) this.#learn(behind, paths, around);
    else if (secret) this.#learn(secret.value, true, around);
    else if (value instanceof MarkedAsset) this.#learn(withoutKinds(value.content), paths, around);
    else {
      for (const key of Object.keys(value)) {
        if (key === SIGNATURE) continue;
        this.#learn((value as Record<string, unknown>)[key], pathsBelow(paths, key), around);
      }
    }
    around.delete(value);
  }

  /** Tells whether a text is or contains one of the strings. */
  areIn(text: string): boolean {
    return this.#next(text, 0) !== undefined;
  }

  /** Notes the strings that another one knows. */
  include(others: SecretTexts): void {
    for (const written of others.#texts) this.#note(written);
    if (!others.#lines) return;
    this.#lines ??= new SecretTexts();
    this.#lines.include(others.#lines);
  }

  /** The text with `[secret]` in place of what is secret in it, and of each line of a secret. */
  mask(text: string): string {
    const masked = this.#mask(text);
    return this.#lines ? this.#lines.#mask(masked) : masked;
  }

  #mask(text: string): string {
    let masked = "";
    let done = 0;
    for (let found = this.#next(text, 0); found; found = this.#next(text, done)) {
      masked += text.slice(done, found.from) + MASK;
      done = found.end;
    }
    return masked + text.slice(done);
  }

  #add(text: string): void {
    // What stands for an unknown value is not a value.
    if (text.length < SHORTEST || unknownType(text)) return;
    for (const written of writtenForms(text)) this.#note(written);
    if (!text.includes("\n")) return;
    this.#lines ??= new SecretTexts();
    for (const line of text.split("\n")) this.#lines.#add(line.trim());
  }

  #note(written: string): void {
    this.#texts.add(written);
    const start = written.slice(0, SHORTEST);
    const lengths = this.#lengths.get(start);
    if (lengths) lengths.add(written.length);
    else this.#lengths.set(start, new Set([written.length]));
  }

  /** The first place at or after `at` that is secret. Strings that overlap are one place. */
  #next(text: string, at: number): { from: number; end: number } | undefined {
    if (this.size === 0) return undefined;
    let from = -1;
    let end = text.length;
    for (let place = at; place < end && place + SHORTEST <= text.length; place++) {
      for (const length of this.#lengths.get(text.slice(place, place + SHORTEST)) ?? []) {
        if (!this.#texts.has(text.slice(place, place + length))) continue;
        const after = Math.min(place + length, text.length);
        end = from < 0 ? after : Math.max(end, after);
        if (from < 0) from = place;
      }
    }
    return from < 0 ? undefined : { from, end };
  }
}
