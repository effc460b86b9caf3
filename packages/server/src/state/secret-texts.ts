import { QuillonError } from "@quillon/contract";
import type { Ctx } from "../context.ts";
import { isUnavailable } from "../db/unavailable.ts";
import { isObject } from "../json/is-object.ts";
import { stringsAt, stringsInPieces } from "../json/strings.ts";
import { type KnownSecrets, NOTHING_SECRET, type SecretTexts, secretTexts, stringsInJson } from "../masking/texts.ts";
import { opener, type StackKey, workOf } from "../secrets/index.ts";
import { memoryOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { inTurn, readPacked } from "./packed.ts";
import { readRevision } from "./queries.ts";
import { type NewestState, readState } from "./read.ts";
import { type PackedBytes, unpack, unpackedSize } from "./stored.ts";

const MOST_MS = 60_000;
/** How many times as long as to look through bytes it takes to make a state of them. */
const COST_OF_CHANGES = 10;
const MOST_TRIES = 3;

type Reading = Pick<Ctx, "db" | "blobs" | "log" | "workers">;

/** An update's configuration: JSON of a client, whose shape nobody has checked. */
type Config = unknown;

/**
 * What is secret in an update's configuration and in the newest state of its stack, as far as the keys open it. What a
 * passphrase or a key service has encrypted is not.
 *
 * When it can't be read, it is not complete, because that must not stop an update. Then it says so in the log.
 *
 * @param before what was secret when they were read before, and still is.
 */
export async function readSecretTexts(
  ctx: Reading,
  { stackId, config, keys }: { stackId: string; config: Config; keys: readonly StackKey[] },
  before = NOTHING_SECRET,
): Promise<KnownSecrets> {
  const input = { sealed: sealedIn(config), keys, before };
  for (let tries = MOST_TRIES; ; tries--) {
    let state: NewestState | undefined;
    try {
      state = await readState(ctx, { stackId });
      return await readFrom(ctx, { stackId, state, ...input });
    } catch (err) {
      if (isUnavailable(err)) throw err;
      // Its update may have replaced it, and its blob was removed.
      const mayBeGone = state?.blob && err instanceof QuillonError && tries > 1;
      if (mayBeGone && state?.revision !== (await readRevision(ctx.db, stackId))) continue;
      ctx.log.error(
        { stack: stackId, err },
        "the secrets of a stack could not be read: no text of its update's events is kept until they can be",
      );
      return { texts: before, isComplete: false, revision: undefined, bytes: NOT_READ };
    }
  }
}

async function readFrom(
  ctx: Reading,
  { stackId, state, ...input }: { stackId: string; state: NewestState | undefined } & Omit<Sealed, "state">,
): Promise<KnownSecrets> {
  return inTurn(ctx, [state], async () => {
    const packed = state && (await readPacked(ctx, state));
    const size = packed ? unpackedSize(packed) : 0;
    const bytes = size + COST_OF_CHANGES * (state?.changeBytes ?? 0);
    const toRead = size * input.keys.length + workOf(input.sealed, input.keys);
    const texts = await ctx.workers.run(secretTextsTask, { state: packed, ...input }, toRead, { ms: MOST_MS });
    if (!texts)
      ctx.log.warn(
        { stack: stackId },
        "a stack has too many secrets to look for: no text of its update's events is kept",
      );
    return { texts: texts ?? input.before, isComplete: texts !== undefined, revision: state?.revision, bytes };
  });
}

/** In bytes. What could not be read takes long to be tried again, as the largest states do. */
const NOT_READ = 128 * 1024 * 1024;

interface Sealed {
  state: PackedBytes | undefined;
  sealed: readonly string[];
  keys: readonly StackKey[];
  before: SecretTexts;
}

/** Returns undefined when there are too many secrets to look for. */
export const secretTextsTask: Task<Sealed, SecretTexts | undefined> = {
  name: "secret-texts",
  moves: { input: ({ state }) => (state ? memoryOf([state]) : []) },
  async run({ state, sealed, keys, before }) {
    const open = opener(keys);
    const strings = new Set(openedConfig(sealed, open));
    if (state)
      for await (const ciphertexts of stringsInPieces(unpack(state), "ciphertext"))
        for (const string of openedState(ciphertexts, open)) strings.add(string);
    return secretTexts(strings, before);
  },
};

type Open = ReturnType<typeof opener>;

// Ciphertexts are known by what opens them: whoever has the key has made them.

function* openedConfig(config: readonly string[], open: Open): Generator<string> {
  for (const sealed of config) {
    const plain = open(sealed)?.toString("utf8");
    if (plain === undefined) continue;
    yield plain;
    yield* stringsInJson(plain);
  }
}

/** In state they are JSON. */
function* openedState(ciphertexts: readonly string[], open: Open): Generator<string> {
  for (const sealed of ciphertexts) yield* stringsInJson(open(sealed)?.toString("utf8") ?? "");
}

/** The ciphertexts in a configuration. An object has them inside, as JSON: `{"a":{"secure":"…"}}`. */
function sealedIn(config: Config): string[] {
  return Object.values(isObject(config) ? config : {}).flatMap((value) => {
    if (!isObject(value) || value.secret !== true || typeof value.string !== "string") return [];
    return value.object === true ? [...stringsAt(Buffer.from(value.string), "secure")] : [value.string];
  });
}
