import { decryptValues, encryptValues, recordShown } from "../../secrets/index.ts";
import type { Handlers } from "../route.ts";

/** The CLI's secrets provider calls these routes: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L662 */
export const secretHandlers = {
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/encrypt": async (ctx, { body }) => {
    const [ciphertext = ""] = await encryptValues(ctx, [body.plaintext]);
    return { ciphertext };
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt": async (ctx, { body }) => {
    const [plaintext = ""] = await decryptValues(ctx, [body.ciphertext]);
    return { plaintext };
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/batch-encrypt": async (ctx, { body }) => ({
    ciphertexts: await encryptValues(ctx, body.plaintexts),
  }),
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/batch-decrypt": async (ctx, { body }) => {
    const plaintexts = await decryptValues(ctx, body.ciphertexts);
    // The CLI looks each plaintext up by the ciphertext that it sent: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L720
    return { plaintexts: Object.fromEntries(body.ciphertexts.map((sent, index) => [sent, plaintexts[index] ?? ""])) };
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
