import { ApiError, type Client } from "@quillon/contract/client";
import type { StackParams } from "../stack-params.ts";
import { inParts } from "../value-batches.ts";
import type { Opened } from "./state.ts";

const DECRYPT = "POST /api/stacks/{orgName}/{projectName}/{stackName}/batch-decrypt";

/** Characters of ciphertexts in one request, well below what a server takes. */
const BATCH = 1024 * 1024;

/** So often values are asked for in halves, because a state may have very many that the server can't open. */
const MOST_HALVED = 100;

/** Stacks of which the server has no key. */
const KEYLESS: Record<string, string> = {
  stack_elsewhere: "it has no key of a stack whose state is elsewhere",
  stack_not_found: "it has no key of a stack that it does not know",
};

/**
 * Opens secrets that a server has encrypted with the key of a stack. It refuses a whole request because of one value, which is found by halves.
 */
export async function openByServer(
  client: Client,
  params: StackParams,
  ciphertexts: readonly string[],
  batch = BATCH,
): Promise<Opened> {
  const secrets: Record<string, string> = {};
  let why = "";
  let halved = 0;
  const left = inParts(ciphertexts, { most: Number.POSITIVE_INFINITY, characters: batch });
  for (let some = left.shift(); some; some = left.shift()) {
    try {
      const { plaintexts } = await client.call(DECRYPT, { params, body: { ciphertexts: some } });
      for (const [ciphertext, plaintext] of Object.entries(plaintexts))
        secrets[ciphertext] = Buffer.from(plaintext, "base64").toString("utf8");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const keyless = KEYLESS[error.id];
      if (keyless !== undefined) {
        why = keyless;
        break;
      }
      if (error.status !== 400) throw error;
      why ||= error.message.replace(/\.$/, "");
      if (error.id !== "ciphertext_invalid" || some.length === 1 || halved === MOST_HALVED) continue;
      halved += 1;
      const half = Math.ceil(some.length / 2);
      left.unshift(some.slice(0, half), some.slice(half));
    }
  }
  return { secrets, closed: ciphertexts.length - Object.keys(secrets).length, how: `by the server (${why})` };
}
