import { newError } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import type { Sealer } from "../keys.ts";
import { qualifiedName, readDataKey } from "../stacks/index.ts";
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
 * Decrypts values with the stack's key. If one can't be decrypted, the whole call fails, because the CLI panics when a
 * value is missing from the answer:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/secrets/service/manager.go#L125
 *
 * @param ciphertexts in base64.
 * @returns the plaintexts in base64, in the same order.
 * @throws ciphertext_invalid, stack_not_found
 */
export async function decryptValues(ctx: StackCtx, ciphertexts: readonly string[]): Promise<string[]> {
  const values = await valuesOf(ctx);
  return ciphertexts.map((sealed, index) => {
    try {
      return values.open(Buffer.from(sealed, "base64"), ctx.stack.id).toString("base64");
    } catch {
      throw newError("ciphertext_invalid", { index });
    }
  });
}

async function valuesOf(ctx: StackCtx): Promise<Sealer> {
  const { db, keys, stack } = ctx;
  const encrypted = await readDataKey(db, stack.id);
  if (!encrypted) throw newError("stack_not_found", { stack: qualifiedName(ctx) });
  return openDataKey(keys, stack.id, encrypted);
}
