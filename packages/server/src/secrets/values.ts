import { newError } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import type { Sealer } from "../keys.ts";
import { qualifiedName, readDataKey, readRemovedKeys } from "../stacks/index.ts";
import { openDataKey } from "./data-key.ts";

/**
 * Encrypts values with the stack's key.
 *
 * @param plaintexts in base64.
 * @returns the ciphertexts in base64, in the same order.
 * @throws stack_not_found
 */
export async function encryptValues(ctx: StackCtx, plaintexts: readonly string[]): Promise<string[]> {
  const values = await valuesOf(ctx);
  return plaintexts.map((plain) => values.seal(Buffer.from(plain, "base64"), ctx.stack.id).toString("base64"));
}

/**
 * Decrypts values with the stack's key, or with that of a removed stack of its name that the caller could read. If one can't be decrypted, the whole call fails, because the CLI panics when a
 * value is missing from the answer:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/secrets/service/manager.go#L125
 *
 * @param ciphertexts in base64.
 * @returns the plaintexts in base64, in the same order.
 * @throws ciphertext_invalid, stack_not_found
 */
export async function decryptValues(ctx: StackCtx, ciphertexts: readonly string[]): Promise<string[]> {
  const own = await valuesOf(ctx);
  const opened = ciphertexts.map((sealed) => open(own, Buffer.from(sealed, "base64"), ctx.stack.id));
  if (!opened.includes(undefined)) return opened as string[];
  const removed = await removedKeys(ctx);
  return opened.map((plain, index) => {
    const found = plain ?? openWithAny(removed, Buffer.from(ciphertexts[index] ?? "", "base64"));
    if (found === undefined) throw newError("ciphertext_invalid", { index });
    return found;
  });
}

interface Opener {
  stackId: string;
  values: Sealer;
}

async function removedKeys(ctx: StackCtx): Promise<Opener[]> {
  const kept = await readRemovedKeys(ctx);
  return kept.map(({ stackId, dataKey }) => ({ stackId, values: openDataKey(ctx.keys, stackId, dataKey) }));
}

/** Moves the key that fits to the front, because the next value was most likely encrypted with it too. */
function openWithAny(keys: Opener[], sealed: Buffer): string | undefined {
  for (const [index, key] of keys.entries()) {
    const plain = open(key.values, sealed, key.stackId);
    if (plain === undefined) continue;
    keys.unshift(...keys.splice(index, 1));
    return plain;
  }
  return undefined;
}

function open(values: Sealer, sealed: Buffer, stackId: string): string | undefined {
  try {
    return values.open(sealed, stackId).toString("base64");
  } catch {
    return undefined;
  }
}

async function valuesOf(ctx: StackCtx): Promise<Sealer> {
  const { db, keys, stack } = ctx;
  const encrypted = await readDataKey(db, stack.id);
  if (!encrypted) throw newError("stack_not_found", { stack: qualifiedName(ctx) });
  return openDataKey(keys, stack.id, encrypted);
}
