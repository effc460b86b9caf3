import { ARCHIVE, ASSET, SECRET, SIGNATURE } from "@quillon/proto";
import { assetContent, assetKind } from "./assets.ts";
import { behindProxy } from "./proxy.ts";
import { Secret } from "./secret.ts";

/**
 * What a remediation returned, as plain values for the wire: looks behind our proxies, waits for promises, and marks
 * secrets and assets. A value that is absent stays `undefined`.
 *
 * Throws `Error` on a Pulumi output, which has no value here.
 */
export async function settle(value: unknown): Promise<unknown> {
  if (typeof value !== "object" || value === null) return typeof value === "function" ? {} : value;
  const behind = behindProxy(value);
  if (behind) return settle(behind);
  if (value instanceof Promise) return settle(await value);
  if (Array.isArray(value)) return settleList(value);
  if (value instanceof Secret) return { [SIGNATURE]: SECRET, value: (await settle(value.value)) ?? null };
  const kind = assetKind(value);
  if (kind) {
    const [field, content] = assetContent(value, kind);
    return { [SIGNATURE]: kind.endsWith("Archive") ? ARCHIVE : ASSET, [field]: await settle(content) };
  }
  if ((value as { __pulumiOutput?: unknown }).__pulumiOutput === true) {
    throw new Error("Serializing output values not supported from within a policy pack");
  }
  return settleMap(value);
}

async function settleList(list: unknown[]): Promise<unknown[]> {
  const settled: unknown[] = [];
  for (const item of list) settled.push((await settle(item)) ?? null);
  return settled;
}

async function settleMap(map: object): Promise<object> {
  const settled: [string, unknown][] = [];
  for (const [key, value] of Object.entries(map)) {
    const plain = typeof value === "object" ? await settle(value) : value;
    if (plain !== undefined) settled.push([key, plain]);
  }
  return Object.fromEntries(settled);
}
