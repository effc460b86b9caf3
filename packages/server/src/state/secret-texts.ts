import type { Ctx } from "../context.ts";
import { isUnavailable } from "../db/unavailable.ts";
import { isObject } from "../json/is-object.ts";
import { stringsAt } from "../json/strings.ts";
import { NOTHING_SECRET, type SecretTexts, secretTexts, stringsInJson } from "../masking/texts.ts";
import { opener, type StackKey } from "../secrets/index.ts";
import { memoryOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { inTurn, readPacked } from "./packed.ts";
import { readState } from "./read.ts";
import { decompress, type PackedBytes, unpackedSize } from "./stored.ts";

/** In bytes, of a state when it is not compressed. The secrets of a larger one are not looked for. */
const MOST_READ = 128 * 1024 * 1024;
const MOST_MS = 60_000;

/** An update's configuration: JSON of a client, whose shape nobody has checked. */
type Config = unknown;

/**
 * What is secret in an update's configuration and in the newest state of its stack, as far as the keys open it. What a
 * passphrase or a key service has encrypted is not.
 *
 * It returns nothing when it can't be read, because that must not stop an update. Then it says so in the log.
 */
export async function readSecretTexts(
  ctx: Pick<Ctx, "db" | "blobs" | "log" | "workers">,
  { stackId, config, keys }: { stackId: string; config: Config; keys: readonly StackKey[] },
): Promise<SecretTexts> {
  const facts = { stack: stackId };
  const sealed = sealedIn(config);
  try {
    const checkpoint = await readState(ctx, { stackId });
    const texts = await inTurn(ctx, [checkpoint], async () => {
      const state = checkpoint && (await readPacked(ctx, checkpoint));
      const size = state ? unpackedSize(state) : 0;
      const tooLarge = size > MOST_READ;
      if (tooLarge)
        ctx.log.warn(facts, "the state is too large: its secrets are not masked in the events of this update");
      const toRead = sealed.reduce((sum, { length }) => sum + length, tooLarge ? 0 : size);
      const input = { state: tooLarge ? undefined : state, sealed, keys };
      return ctx.workers.run(secretTextsTask, input, toRead, { ms: MOST_MS });
    });
    const { leftOut } = texts;
    if (leftOut > 0)
      ctx.log.warn({ ...facts, leftOut }, "there are too many secrets: the longest ones are not masked in events");
    return texts;
  } catch (err) {
    if (isUnavailable(err)) throw err;
    ctx.log.error(
      { ...facts, err },
      "the secrets of a stack could not be read: they are not masked in the events of this update",
    );
    return NOTHING_SECRET;
  }
}

export const secretTextsTask: Task<
  { state: PackedBytes | undefined; sealed: readonly string[]; keys: readonly StackKey[] },
  SecretTexts
> = {
  name: "secret-texts",
  moves: { input: ({ state }) => (state ? memoryOf([state]) : []) },
  async run({ state, sealed, keys }) {
    const text = state ? await decompress(state) : Buffer.alloc(0);
    return secretTexts(opened(text, sealed, opener(keys)));
  },
};

/** Ciphertexts are known by what opens them: whoever has the key has made them. In state they are JSON. */
function* opened(state: Buffer, config: readonly string[], open: ReturnType<typeof opener>): Generator<string> {
  for (const sealed of config) {
    const plain = open(sealed)?.toString("utf8");
    if (plain === undefined) continue;
    yield plain;
    yield* stringsInJson(plain);
  }
  for (const sealed of stringsAt(state, "ciphertext")) yield* stringsInJson(open(sealed)?.toString("utf8") ?? "");
}

/** The ciphertexts in a configuration. An object has them inside, as JSON: `{"a":{"secure":"…"}}`. */
function sealedIn(config: Config): string[] {
  return Object.values(isObject(config) ? config : {}).flatMap((value) => {
    if (!isObject(value) || value.secret !== true || typeof value.string !== "string") return [];
    return value.object === true ? [...stringsAt(Buffer.from(value.string), "secure")] : [value.string];
  });
}
