import { newError } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { sealer } from "../keys.ts";
import { qualifiedName, readDataKey } from "../stacks/index.ts";
import type { Task } from "../workers/pool.ts";
import { openDataKey } from "./data-key.ts";

/** Values in base64, the stack's key, and what the values are tied to. */
interface Values {
  key: Uint8Array;
  context: string;
  values: readonly string[];
}

const sealTask: Task<Values, string[]> = {
  name: "seal-values",
  run({ key, context, values }) {
    const { seal } = sealer(Buffer.from(key));
    return values.map((plain) => seal(Buffer.from(plain, "base64"), context).toString("base64"));
  },
};

const openTask: Task<Values, string[]> = {
  name: "open-values",
  run({ key, context, values }) {
    const { open } = sealer(Buffer.from(key));
    return values.map((sealed, index) => {
      try {
        return open(Buffer.from(sealed, "base64"), context).toString("base64");
      } catch {
        throw newError("ciphertext_invalid", { index });
      }
    });
  },
};

export const valueTasks = [sealTask, openTask];

/**
 * Encrypts values with the stack's key.
 *
 * @param plaintexts in base64.
 * @returns the ciphertexts in base64, in the same order.
 * @throws stack_not_found
 */
export function encryptValues(ctx: StackCtx, plaintexts: readonly string[]): Promise<string[]> {
  return withKey(ctx, sealTask, plaintexts);
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
export function decryptValues(ctx: StackCtx, ciphertexts: readonly string[]): Promise<string[]> {
  return withKey(ctx, openTask, ciphertexts);
}

async function withKey(ctx: StackCtx, task: typeof sealTask, values: readonly string[]): Promise<string[]> {
  const { db, keys, stack, workers } = ctx;
  const encrypted = await readDataKey(db, stack.id);
  if (!encrypted) throw newError("stack_not_found", { stack: qualifiedName(ctx) });
  const size = values.reduce((sum, { length }) => sum + length, 0);
  return workers.run(task, { key: openDataKey(keys, stack.id, encrypted), context: stack.id, values }, size);
}
