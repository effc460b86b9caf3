import { ARCHIVE, ASSET, SECRET, SIGNATURE } from "@quillon/proto";
import { assetContent, assetKind } from "./assets.ts";
import { behindProxy } from "./proxy.ts";
import { Secret } from "./secret.ts";

/**
 * Turns what a remediation returned into plain values for the wire: removes this package's proxies, waits for promises, and
 * marks secrets and assets. `undefined` stays `undefined`.
 *
 * @throws `Error` when it finds a Pulumi output, because outputs have no value here.
 */
export async function toWireValue(value: unknown): Promise<unknown> {
  if (typeof value !== "object" || value === null) return typeof value === "function" ? {} : value;
  const behind = behindProxy(value);
  if (behind) return toWireValue(behind);
  if (value instanceof Promise) return toWireValue(await value);
  if (Array.isArray(value)) return toWireList(value);
  if (value instanceof Secret) return { [SIGNATURE]: SECRET, value: (await toWireValue(value.value)) ?? null };
  const kind = assetKind(value);
  if (kind) {
    const [field, content] = assetContent(value, kind);
    return { [SIGNATURE]: kind.endsWith("Archive") ? ARCHIVE : ASSET, [field]: await toWireValue(content) };
  }
  if ((value as { __pulumiOutput?: unknown }).__pulumiOutput === true) {
    throw new Error("Serializing output values not supported from within a policy pack");
  }
  return toWireMap(value);
}

async function toWireList(list: unknown[]): Promise<unknown[]> {
  const plain: unknown[] = [];
  for (const item of list) plain.push((await toWireValue(item)) ?? null);
  return plain;
}

async function toWireMap(map: object): Promise<object> {
  const plain: [string, unknown][] = [];
  for (const [key, value] of Object.entries(map)) {
    const wire = typeof value === "object" ? await toWireValue(value) : value;
    if (wire !== undefined) plain.push([key, wire]);
  }
  return Object.fromEntries(plain);
}
