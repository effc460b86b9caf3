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
  verify as verifyBytes,
} from "node:crypto";

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

/** What the operator keeps. It only protects the root key, so that it can be changed. */
export interface MasterKey {
  /** Identifies it without revealing it. */
  readonly fingerprint: string;
  readonly bytes: Buffer;
  wrap(rootKey: Buffer): Buffer;
  /** @throws Error when another master key has wrapped it. */
  unwrap(wrapped: Buffer): Buffer;
}

export function masterKeyOf(bytes: Buffer): MasterKey {
  const { seal, open } = sealer(deriveKey(bytes, "wrapping"));
  return {
    bytes,
    fingerprint: createHash("sha256").update(deriveKey(bytes, "fingerprint")).digest("hex").slice(0, 16),
    wrap: (rootKey) => seal(rootKey, "root key"),
    unwrap: (wrapped) => open(wrapped, "root key"),
  };
}

/** What the server derives from its root key. Nothing else has the root key itself. */
export interface Keys extends Sealer {
  /** Signs text, for URLs that need no other credentials. */
  sign(text: string): string;
  verify(text: string, signature: string): boolean;
  /** Signs receipts and requirements, for anybody who has the public key. */
  readonly receipts: ReceiptKey;
}

/** An Ed25519 key. */
export interface ReceiptKey {
  /** In PEM. */
  readonly publicKey: string;
  /** @returns the signature of the text's bytes in UTF-8. */
  sign(text: string): Buffer;
  /** @returns whether it is the signature of the text by this key. */
  verify(text: string, signature: Buffer): boolean;
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

export function deriveKeys(rootKey: Buffer): Keys {
  const derive = (purpose: string) => deriveKey(rootKey, purpose);
  const signing = derive("signing");
  const sign = (text: string) => createHmac("sha256", signing).update(text).digest("base64url");
  return {
    ...sealer(derive("sealing")),
    sign,
    receipts: receiptKey(derive("receipts")),
    verify(text, signature) {
      const wanted = Buffer.from(sign(text));
      const given = Buffer.from(signature);
      return wanted.length === given.length && timingSafeEqual(wanted, given);
    },
  };
}

/** Keys of which nothing can be used before their root key is known, which the database has. */
export class LateKeys implements Keys {
  #found: Keys | undefined;

  derive(rootKey: Buffer): void {
    this.#found = deriveKeys(rootKey);
  }

  get #keys(): Keys {
    if (!this.#found) throw new Error("The keys are not known before the database is ready.");
    return this.#found;
  }

  seal(plain: Buffer, context: string): Buffer {
    return this.#keys.seal(plain, context);
  }

  open(sealed: Buffer, context: string): Buffer {
    return this.#keys.open(sealed, context);
  }

  sign(text: string): string {
    return this.#keys.sign(text);
  }

  verify(text: string, signature: string): boolean {
    return this.#keys.verify(text, signature);
  }

  get receipts(): ReceiptKey {
    return this.#keys.receipts;
  }
}

/** One of several keys that are made of the same one, each for its purpose. */
function deriveKey(from: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", from, "", `quillon ${purpose}`, 32));
}

/** The fixed start of an Ed25519 private key in PKCS #8, before its 32 bytes: https://www.rfc-editor.org/rfc/rfc8410#section-7 */
const ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

function receiptKey(seed: Buffer): ReceiptKey {
  const key = createPrivateKey({ key: Buffer.concat([ED25519, seed]), format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(key);
  return {
    publicKey: publicKey.export({ format: "pem", type: "spki" }).toString(),
    sign: (text) => signBytes(null, Buffer.from(text), key),
    verify: (text, signature) => verifyBytes(null, Buffer.from(text), publicKey, signature),
  };
}
