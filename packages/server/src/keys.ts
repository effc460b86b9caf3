import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  randomBytes,
  sign as signBytes,
  timingSafeEqual,
} from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";

const ALGORITHM = "aes-256-gcm";
const FORMAT = 1;
const NONCE = 12;
const TAG = 16;

/** Encrypts bytes so that only the same key with the same context can decrypt them. */
export interface Sealer {
  seal(plain: Buffer, context: string): Buffer;
  /** @throws Error when the bytes were not sealed with this key and context, or were changed. */
  open(sealed: Buffer, context: string): Buffer;
}

/** What the server derives from its master key. Nothing else has the master key itself. */
export interface Keys extends Sealer {
  /** Identifies the master key without revealing it. */
  readonly fingerprint: string;
  /** Signs text, for URLs that need no other credentials. */
  sign(text: string): string;
  verify(text: string, signature: string): boolean;
  /** Signs receipts, for anybody who has the public key. */
  readonly receipts: ReceiptKey;
}

/** An Ed25519 key. */
export interface ReceiptKey {
  /** In PEM. */
  readonly publicKey: string;
  /** @returns the signature of the text's bytes in UTF-8. */
  sign(text: string): Buffer;
}

/** AES-256-GCM with the context as additional data. A sealed value is a format byte, the nonce, the tag, the ciphertext. */
export function sealer(key: Buffer): Sealer {
  return {
    seal(plain, context) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Buffer.from([FORMAT]), nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, context) {
      if (sealed[0] !== FORMAT || sealed.length < 1 + NONCE + TAG) throw new Error("This is not a sealed value.");
      const nonce = sealed.subarray(1, 1 + NONCE);
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG }).setAAD(Buffer.from(context));
      decipher.setAuthTag(sealed.subarray(1 + NONCE, 1 + NONCE + TAG));
      return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE + TAG)), decipher.final()]);
    },
  };
}

export function deriveKeys(masterKey: Buffer): Keys {
  const derive = (purpose: string) => Buffer.from(hkdfSync("sha256", masterKey, "", `quillon ${purpose}`, 32));
  const signing = derive("signing");
  const sign = (text: string) => createHmac("sha256", signing).update(text).digest("base64url");
  return {
    ...sealer(derive("sealing")),
    fingerprint: createHash("sha256").update(derive("fingerprint")).digest("hex").slice(0, 16),
    sign,
    receipts: receiptKey(derive("receipts")),
    verify(text, signature) {
      const wanted = Buffer.from(sign(text));
      const given = Buffer.from(signature);
      return wanted.length === given.length && timingSafeEqual(wanted, given);
    },
  };
}

/** The fixed start of an Ed25519 private key in PKCS #8, before its 32 bytes: https://www.rfc-editor.org/rfc/rfc8410#section-7 */
const ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

function receiptKey(seed: Buffer): ReceiptKey {
  const key = createPrivateKey({ key: Buffer.concat([ED25519, seed]), format: "der", type: "pkcs8" });
  return {
    publicKey: createPublicKey(key).export({ format: "pem", type: "spki" }).toString(),
    sign: (text) => signBytes(null, Buffer.from(text), key),
  };
}

/** @param from where the text is from, such as a setting or a file. @throws Error unless the text is 32 bytes of base64. */
export function parseMasterKey(text: string, from: string): Buffer {
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== 32)
    throw new Error(`${from} must be 32 bytes in base64. Make such a master key with: openssl rand -base64 32`);
  return key;
}

/** The key in the file, or undefined when there is no such file. */
export async function readKeyFile(path: string): Promise<Buffer | undefined> {
  try {
    return parseMasterKey(await readFile(path, "utf8"), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Makes a key file with mode 0600. It is never partial, also when the process ends meanwhile. */
export async function makeKeyFile(path: string): Promise<Buffer> {
  const key = randomBytes(32);
  const unfinished = `${path}.tmp`;
  const file = await open(unfinished, "w", 0o600);
  await file.writeFile(`${key.toString("base64")}\n`);
  await file.sync();
  await file.close();
  await rename(unfinished, path);
  return key;
}
