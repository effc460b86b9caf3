import { newError } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import type { Sealer } from "../keys.ts";
import { qualifiedName, readDataKey } from "../stacks/index.ts";
import { openDataKey } from "./data-key.ts";

/** Encrypts values, base64 in and out, under the stack's key; the answers are in the order given. */
export async function encryptValues(ctx: StackCtx, plaintexts: readonly string[]): Promise<string[]> {
  const values = await valuesOf(ctx);
  return plaintexts.map((plain) => values.seal(Buffer.from(plain, "base64"), ctx.stack.id).toString("base64"));
}

/**
 * Decrypts values, likewise. One that can't be decrypted fails them all: the CLI takes a missing answer for its own bug.
 *
 * @throws ciphertext_invalid with the index of the first such value.
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
  const wrapped = await readDataKey(db, stack.id);
  if (!wrapped) throw newError("stack_not_found", { stack: qualifiedName(ctx) });
  return openDataKey(keys, stack.id, wrapped);
}
