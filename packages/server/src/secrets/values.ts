import { newError } from "@quillon/contract";
import { recordOnce } from "../audit/index.ts";
import type { StackCtx } from "../context.ts";
import { sealer } from "../keys.ts";
import { nameInOrg, qualifiedName, readDataKey, readRemovedKeys, requireHeld } from "../stacks/index.ts";
import type { Task } from "../workers/pool.ts";
import { openDataKey } from "./data-key.ts";

/** A stack's key. Values are tied to the stack's id. */
export interface StackKey {
  key: Uint8Array;
  stackId: string;
}

const sealTask: Task<{ key: StackKey; values: readonly string[] }, string[]> = {
  name: "seal-values",
  run({ key, values }) {
    const { seal } = sealer(Buffer.from(key.key));
    return values.map((plain) => seal(Buffer.from(plain, "base64"), key.stackId).toString("base64"));
  },
};

interface Sealed {
  keys: readonly StackKey[];
  values: readonly string[];
  /** In bytes. So much may still be tried with keys that do not fit. */
  left: number;
}

/** Returns undefined for a value that none of the keys can decrypt, and nothing of those after it. */
export const openTask: Task<Sealed, { opened: (string | undefined)[]; left: number }> = {
  name: "open-values",
  run({ keys, values, left: most }) {
    let left = most;
    const open = opener(keys, ({ length }) => {
      left -= EACH_TRY + length;
      if (left < 0) throw newError("ciphertexts_mixed", {});
    });
    const opened: (string | undefined)[] = [];
    for (const sealed of values) {
      const plain = open(sealed)?.toString("base64");
      opened.push(plain);
      if (plain === undefined) break;
    }
    return { opened, left };
  },
};

/**
 * @param onMiss is called when a key does not fit.
 * @returns what decrypts a value in base64. It returns undefined for one that none of the keys can decrypt.
 */
export function opener(
  keys: readonly StackKey[],
  onMiss?: (sealed: Buffer) => void,
): (sealed: string) => Buffer | undefined {
  const openers = keys.map(({ key, stackId }) => ({ ...sealer(Buffer.from(key)), stackId }));
  return (sealed) => {
    const bytes = Buffer.from(sealed, "base64");
    for (const [index, { open, stackId }] of openers.entries()) {
      try {
        const plain = open(bytes, stackId);
        // The next value was most likely encrypted with the same key.
        openers.unshift(...openers.splice(index, 1));
        return plain;
      } catch {
        onMiss?.(bytes);
      }
    }
    return undefined;
  };
}

/** In characters. Copying values to another thread and back takes the time of the main thread, so not all are copied at once. */
const SLICE = 1024 * 1024;
/** In characters. To go over an empty value takes as long as to go over so much of a long one. */
const EACH = 256;
/** In bytes. To find that a key does not fit takes as long as to decrypt so many. */
const EACH_TRY = 8 * 1024;
/**
 * In bytes, of one request: some seconds. A value of the largest request is tried with all keys within that. Only many values that were
 * made by several removed stacks in turn need more, because a value does not name its key.
 */
const MOST_TRIED = 4 * 1024 * 1024 * 1024;

async function inSlices<T>(values: readonly string[], work: (slice: string[]) => Promise<T[]>): Promise<T[]> {
  const done: T[] = [];
  let slice: string[] = [];
  let size = 0;
  for (const [index, value] of values.entries()) {
    slice.push(value);
    size += value.length + EACH;
    if (size < SLICE && index < values.length - 1) continue;
    for (const one of await work(slice)) done.push(one);
    // The rest is not gone over, because one can't be done.
    if (done.length <= index) break;
    slice = [];
    size = 0;
  }
  return done;
}

export const valueTasks = [sealTask, openTask];

/**
 * Encrypts values with the stack's key.
 *
 * @param plaintexts in base64.
 * @returns the ciphertexts in base64, in the same order.
 * @throws stack_elsewhere, stack_not_found
 */
export async function encryptValues(ctx: StackCtx, plaintexts: readonly string[]): Promise<string[]> {
  await requireHeld(ctx);
  const key = await ownKey(ctx);
  return inSlices(plaintexts, (values) => ctx.workers.run(sealTask, { key, values }, sizeOf(values)));
}

/**
 * Decrypts values with the stack's key, or with a key of a removed stack of the same name. If one can't be decrypted, the
 * whole call fails, because the CLI panics when a value is missing from the answer:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/secrets/service/manager.go#L125
 *
 * It leaves one event in the audit log for a token and a stack in a minute, not one for each value, because one command asks for
 * many. What can't be recorded is not answered.
 *
 * @param ciphertexts in base64.
 * @returns the plaintexts in base64, in the same order.
 * @throws stack_elsewhere, ciphertext_invalid, ciphertexts_mixed, stack_not_found
 */
export async function decryptValues(ctx: StackCtx, ciphertexts: readonly string[]): Promise<string[]> {
  let left = MOST_TRIED;
  const open = (keys: StackKey[]) =>
    inSlices(ciphertexts, async (values) => {
      const done = await ctx.workers.run(openTask, { keys, values, left }, workOf(values, keys));
      left = done.left;
      return done.opened;
    });
  await requireHeld(ctx);
  const own = await ownKey(ctx);
  let opened = await open([own]);
  if (opened.includes(undefined)) opened = await open([own, ...(await removedKeys(ctx))]);
  const index = opened.indexOf(undefined);
  if (index !== -1) throw newError("ciphertext_invalid", { index });
  await recordOnce(ctx, { event: "Stack Secrets Decrypted", description: `Stack ${nameInOrg(ctx.stack)}` });
  return opened as string[];
}

/** How many keys of removed stacks are tried for each value that no other key opens, where a state may have many of them. */
const TRIED_FOR_MANY = 10;

/**
 * The stack's key and the newest ones of removed stacks of the same name that the caller could read. Not the others: what is masked
 * tells whoever has a ciphertext whether they have guessed its value.
 *
 * @throws stack_not_found
 */
export async function readableKeys(ctx: StackCtx): Promise<StackKey[]> {
  return [await ownKey(ctx), ...(await removedKeys(ctx)).slice(0, TRIED_FOR_MANY)];
}

async function ownKey(ctx: StackCtx): Promise<StackKey> {
  const { db, keys, stack } = ctx;
  const encrypted = await readDataKey(db, stack.id);
  if (!encrypted) throw newError("stack_not_found", { stack: qualifiedName(ctx) });
  return { key: openDataKey(keys, stack.id, encrypted), stackId: stack.id };
}

async function removedKeys(ctx: StackCtx): Promise<StackKey[]> {
  const kept = await readRemovedKeys(ctx);
  return kept.map(({ stackId, dataKey }) => ({ stackId, key: openDataKey(ctx.keys, stackId, dataKey) }));
}

/** How many bytes there are to go through when each of the values is tried with each of the keys. */
export function workOf(values: readonly string[], keys: readonly StackKey[]): number {
  return sizeOf(values) * keys.length;
}

function sizeOf(values: readonly string[]): number {
  return values.reduce((sum, { length }) => sum + length + EACH, 0);
}
