import type { Ctx } from "../context.ts";
import { isUnavailable } from "../db/unavailable.ts";
import { isObject } from "../json/is-object.ts";
import { stringsAt, stringsInPieces } from "../json/strings.ts";
import { type KnownSecrets, NOTHING_SECRET, type SecretTexts, secretTexts, stringsInJson } from "../masking/texts.ts";
import { opener, type StackKey } from "../secrets/index.ts";
import { memoryOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { inTurn, readPacked } from "./packed.ts";
import { readState } from "./read.ts";
import { type PackedBytes, unpack, unpackedSize } from "./stored.ts";

const MOST_MS = 60_000;

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
  ctx: Pick<Ctx, "db" | "blobs" | "log" | "workers">,
  { stackId, config, keys }: { stackId: string; config: Config; keys: readonly StackKey[] },
  before = NOTHING_SECRET,
): Promise<KnownSecrets> {
  const facts = { stack: stackId };
  const sealed = sealedIn(config);
  try {
    const checkpoint = await readState(ctx, { stackId });
    return await inTurn(ctx, [checkpoint], async () => {
      const state = checkpoint && (await readPacked(ctx, checkpoint));
      const bytes = state ? unpackedSize(state) : 0;
      const toRead = sealed.reduce((sum, { length }) => sum + length, bytes);
      const input = { state, sealed, keys, before };
      const texts = await ctx.workers.run(secretTextsTask, input, toRead, { ms: MOST_MS });
      if (!texts)
        ctx.log.warn(facts, "a stack has too many secrets to look for: no text of its update's events is kept");
      return { texts: texts ?? before, isComplete: texts !== undefined, revision: checkpoint?.revision, bytes };
    });
  } catch (err) {
    if (isUnavailable(err)) throw err;
    ctx.log.error(
      { ...facts, err },
      "the secrets of a stack could not be read: no text of its update's events is kept until they can be",
    );
    return { texts: before, isComplete: false, revision: undefined, bytes: NOT_READ };
  }
}

/** In bytes. What could not be read takes long to be tried again, as the largest states do. */
const NOT_READ = 128 * 1024 * 1024;

export const secretTextsTask: Task<
  {
    state: PackedBytes | undefined;
    sealed: readonly string[];
    keys: readonly StackKey[];
    before: SecretTexts;
  },
  SecretTexts | undefined
> = {
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
