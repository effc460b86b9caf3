import { ARCHIVE, ASSET, type PropertyMap, SECRET, SIGNATURE } from "@quillon/proto";
import { type AssetContent, createAsset } from "./assets.ts";
import { Secret } from "./secret.ts";

/**
 * A decoded property map: plain values, with secrets and assets still marked. It is decoded once for a request. Each policy
 * gets a copy, so that no policy sees what another one wrote.
 */
export type Properties = Record<string, unknown>;

/**
 * Decodes a property map. An object with an unknown signature becomes `Broken`, whose error is thrown when a policy gets the
 * properties.
 *
 * @throws `RpcError` when the bytes are not a map.
 */
export function decodeProperties(map: PropertyMap | undefined): Properties {
  return map?.decode(revive) ?? {};
}

/**
 * Makes the copy that a remediation gets. Its secrets stay `Secret`s, which `secretProxy` shows as plain values.
 *
 * @throws `Error` when an object has an unknown signature.
 */
export function keepSecrets(properties: Properties): Properties {
  const copy: Properties = { ...properties };
  for (const key in copy) copy[key] = keepSecretsIn(copy[key]);
  return copy;
}

function keepSecretsIn(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(keepSecretsIn);
  if (value instanceof Secret) return new Secret(keepSecretsIn(value.value));
  if (value instanceof MarkedAsset) return createAsset(value.content);
  if (value instanceof Broken) throw value.error;
  return keepSecrets(value as Properties);
}

/** Whether the value at `path` is secret or is inside a secret. A path to no value is not secret. */
export function isSecretAt(properties: Properties, path: string | (string | number)[]): boolean {
  let at: unknown = properties;
  for (const key of typeof path === "string" ? parsePath(path) : path) {
    if (at instanceof Secret) return true;
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as Properties)[key];
  }
  return at instanceof Secret;
}

/**
 * Splits a property path as Pulumi writes it: `a.b[0]["c.d"]` is `["a", "b", "0", "c.d"]`.
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/resource/properties_path.go
 */
export function parsePath(path: string): string[] {
  const keys: string[] = [];
  for (const match of path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\.?([^.[]+)/gy)) {
    keys.push(match[1] === undefined ? ((match[2] ?? match[3]) as string) : match[1].replace(/\\(.)/g, "$1"));
  }
  return keys;
}

/** Is in the place of an asset until a policy gets its copy. */
export class MarkedAsset {
  readonly content: AssetContent;

  constructor(content: AssetContent) {
    this.content = content;
  }
}

/** Is in the place of an object whose signature is unknown or whose content is invalid. */
export class Broken {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

function revive(object: Properties): unknown {
  const signature = object[SIGNATURE];
  if (!signature) return object;
  if (signature === SECRET) return new Secret(object.value ?? null);
  try {
    if (signature === ASSET) return new MarkedAsset(assetContent(object));
    if (signature === ARCHIVE) return new MarkedAsset(archiveContent(object));
    throw new Error(`Unrecognized signature '${signature}' when unmarshaling resource property`);
  } catch (error) {
    return new Broken(error);
  }
}

function assetContent({ path, text, uri }: Properties): AssetContent {
  if (typeof path === "string" && path) return { kind: "FileAsset", path };
  if (typeof text === "string" && text) return { kind: "StringAsset", text };
  if (typeof uri === "string" && uri) return { kind: "RemoteAsset", uri };
  // An empty text is allowed: it is an empty file.
  if (typeof text === "string") return { kind: "StringAsset", text };
  throw new Error("Invalid asset encountered when unmarshaling resource property");
}

function archiveContent({ assets, path, uri }: Properties): AssetContent {
  if (typeof assets === "object" && assets !== null) {
    return { kind: "AssetArchive", assets: Object.fromEntries(Object.entries(assets).map(archiveMember)) };
  }
  if (typeof path === "string" && path) return { kind: "FileArchive", path };
  if (typeof uri === "string" && uri) return { kind: "RemoteArchive", uri };
  throw new Error("Invalid archive encountered when unmarshaling resource property");
}

function archiveMember([name, member]: [string, unknown]): [string, AssetContent] {
  const plain = member instanceof Secret ? member.value : member;
  if (plain instanceof MarkedAsset) return [name, plain.content];
  if (plain instanceof Broken) throw plain.error;
  throw new Error("Expected an AssetArchive's assets to be unmarshaled Asset or Archive objects");
}
