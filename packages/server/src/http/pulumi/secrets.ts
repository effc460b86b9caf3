import { decryptValues, encryptValues, recordShown } from "../../secrets/index.ts";
import { type Handlers, type RawReply, streamReply } from "../route.ts";

/**
 * The CLI's secrets provider calls these routes: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L662
 *
 * Replies may have tens of megabytes, so they are sent piece by piece. Base64 is written as it is, because no character of it
 * needs an escape in JSON.
 */
export const secretHandlers = {
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/encrypt": async (ctx, { body }) => {
    const [ciphertext = ""] = await encryptValues(ctx, [body.plaintext]);
    return send(partsOf(ciphertext), { start: '{"ciphertext":"', end: '"}' });
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt": async (ctx, { body }) => {
    const [plaintext = ""] = await decryptValues(ctx, [body.ciphertext]);
    return send(partsOf(plaintext), { start: '{"plaintext":"', end: '"}' });
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/batch-encrypt": async (ctx, { body }) => {
    const ciphertexts = await encryptValues(ctx, body.plaintexts);
    return send(
      ciphertexts.map((ciphertext) => `"${ciphertext}"`),
      { start: '{"ciphertexts":[', between: ",", end: "]}" },
    );
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/batch-decrypt": async (ctx, { body }) => {
    const plaintexts = await decryptValues(ctx, body.ciphertexts);
    // The CLI looks each plaintext up by the ciphertext that it sent: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L720
    return send(
      plaintexts.map((plaintext, index) => `"${body.ciphertexts[index]}":"${plaintext}"`),
      { start: '{"plaintexts":{', between: ",", end: "}}" },
    );
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt/log-decryption": async (ctx, { body }) => {
    await recordShown(ctx, { secret: body.secretName ?? "" });
    return {};
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt/log-batch-decryption": async (ctx, { body }) => {
    await recordShown(ctx, { command: body.commandName });
    return {};
  },
} satisfies Partial<Handlers>;

function send(texts: Iterable<string>, around: { start: string; between?: string; end: string }): Promise<RawReply> {
  async function* items() {
    yield* texts;
  }
  return streamReply(items(), { contentType: "application/json; charset=utf-8", item: (text) => text, ...around });
}

const PART = 64 * 1024;

function* partsOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += PART) yield text.slice(at, at + PART);
}
