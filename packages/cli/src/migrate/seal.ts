import { createCipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import type { Provider } from "./state.ts";

/** Encrypts secrets by a passphrase, as the Pulumi CLI does. */
export interface Sealer {
  provider: Provider;
  seal(text: string): string;
}

/**
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/secrets/passphrase/manager.go
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/resource/config/crypt.go
 */
export async function sealerOf(phrase: string): Promise<Sealer> {
  const salt = randomBytes(8);
  const key = await promisify(pbkdf2)(phrase, salt, 1_000_000, 32, "sha256");
  const seal = (text: string) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  };
  return { provider: { type: "passphrase", state: { salt: `v1:${salt.toString("base64")}:${seal("pulumi")}` } }, seal };
}
