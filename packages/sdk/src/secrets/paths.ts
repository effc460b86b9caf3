import { SECRET, SIGNATURE } from "@quillon/proto";
import { Secret } from "../secret.ts";

/** Which paths of a value are secret: `true` when all of it is, otherwise by key; `undefined` when none is. */
export type SecretPaths = true | ReadonlyMap<string, SecretPaths> | undefined;

/** The value that a mark of secrecy is around, as policies write it or as on the wire; `undefined` for anything else. */
export function secretIn(value: unknown): { value?: unknown } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const marked = value instanceof Secret || (value as Record<string, unknown>)[SIGNATURE] === SECRET;
  return marked ? (value as { value?: unknown }) : undefined;
}

/** The secret paths of a value as it is on the wire. */
export function secretPathsOf(value: unknown): SecretPaths {
  if (typeof value !== "object" || value === null) return undefined;
  if (secretIn(value)) return true;
  let paths: Map<string, SecretPaths> | undefined;
  for (const key of Object.keys(value)) {
    const below = secretPathsOf((value as Record<string, unknown>)[key]);
    if (!below) continue;
    paths ??= new Map();
    paths.set(key, below);
  }
  return paths;
}

/** What is secret of the value under a key. */
export function pathsBelow(paths: SecretPaths, key: string): SecretPaths {
  return paths === true ? true : paths?.get(key);
}

/** What is secret by either. */
export function bothPaths(a: SecretPaths, b: SecretPaths): SecretPaths {
  if (!a || !b) return a || b;
  if (a === true || b === true) return true;
  const both = new Map(a);
  for (const [key, below] of b) both.set(key, bothPaths(a.get(key), below));
  return both;
}
