import { decryptValues, encryptValues } from "../../secrets/index.ts";
import type { Handlers } from "../route.ts";

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
    return { plaintexts: Object.fromEntries(body.ciphertexts.map((sent, index) => [sent, plaintexts[index] ?? ""])) };
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt/log-decryption": async (ctx, { body }) => {
    const { actor, stack } = ctx;
    ctx.log.info({ user: actor.login, stack: stack.id, secretName: body.secretName }, "a secret was shown");
    return {};
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt/log-batch-decryption": async (ctx, { body }) => {
    const { actor, stack } = ctx;
    ctx.log.info({ user: actor.login, stack: stack.id, commandName: body.commandName }, "secrets were shown");
    return {};
  },
} satisfies Partial<Handlers>;
