import { createDecipheriv, pbkdf2 } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

/**
 * Opens the secrets of a state that a passphrase protects, when PULUMI_CONFIG_PASSPHRASE, or the file that PULUMI_CONFIG_PASSPHRASE_FILE
 * names, has it.
 *
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/secrets/passphrase/manager.go
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/resource/config/crypt.go
 *
 * @returns the values, as JSON, by ciphertext, and how many it does not open. Empty when there is no passphrase.
 * @throws Error when it is the wrong one.
 */
export async function openByPassphrase(
  state: unknown,
  ciphertexts: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ secrets: Record<string, string>; closed: number }> {
  const phrase = passphraseIn(env);
  const { salt: described } = (state ?? {}) as { salt?: unknown };
  // v1:SALT:v1:NONCE:CIPHERTEXT, where the ciphertext is of the word "pulumi".
  const [, salt, sample] = /^v1:([^:]+):(v1:.+)$/.exec(String(described)) ?? [];
  if (phrase === undefined || salt === undefined || sample === undefined) return { secrets: {}, closed: 0 };
  const key = await promisify(pbkdf2)(phrase, Buffer.from(salt, "base64"), 1_000_000, 32, "sha256");
  try {
    open(key, sample);
  } catch {
    throw new Error("PULUMI_CONFIG_PASSPHRASE is not the passphrase of this state. Set the right one, or none.");
  }
  const secrets: Record<string, string> = {};
  for (const ciphertext of ciphertexts) {
    try {
      secrets[ciphertext] = open(key, ciphertext);
    } catch {
      // It is of another passphrase, or damaged.
    }
  }
  return { secrets, closed: ciphertexts.length - Object.keys(secrets).length };
}

/** The passphrase that the Pulumi CLI takes. */
export function passphraseIn({
  PULUMI_CONFIG_PASSPHRASE: phrase,
  PULUMI_CONFIG_PASSPHRASE_FILE: file,
}: NodeJS.ProcessEnv): string | undefined {
  return phrase ?? (file ? readFileSync(file, "utf8").trim() : undefined);
}

function open(key: Buffer, text: string): string {
  const [, nonce = "", sealed = ""] = /^v1:([^:]+):([^:]+)$/.exec(text) ?? [];
  const bytes = Buffer.from(sealed, "base64");
  const cipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
  cipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([cipher.update(bytes.subarray(0, -16)), cipher.final()]).toString("utf8");
}
