import { verify } from "node:crypto";

/** A receipt as the server gives it out. */
export interface SignedReceipt {
  /** JSON text. */
  receipt: string;
  /** Ed25519, in base64. */
  signature: string;
}

/**
 * What is read of a receipt's text. A receipt that the server could not fill has no packs.
 */
export interface Receipt {
  says: string;
  status: string;
  reasons: string[];
  organization: { name: string };
  stack: { project: string; name: string };
  update: { id: string; kind: string; dryRun: boolean; outcome: string; stateVersion: number; ended: string };
  client: {
    login: string | null;
    address: string | null;
    token: { id: string | null; name: string | null };
    commit: string | null;
  };
  packs?: {
    pack: string;
    version: number;
    tag: string | null;
    archiveSha256: string | null;
    analysed: number;
    unanalysed: { count: number };
    /** Not there in receipts from before exceptions. */
    exceptions?: { id: string }[];
    exceptionsBy?: "engine" | "pack";
  }[];
}

/**
 * Checks a receipt without a server.
 *
 * @param text of a file that `quillon receipt show --json` wrote.
 * @param publicKey in PEM.
 * @returns undefined when it was not signed with the key.
 * @throws Error with a sentence when the file holds no receipt, or the key is none.
 */
export function verifyReceipt(text: string, publicKey: string): Receipt | undefined {
  const { receipt, signature } = readSigned(text);
  return isSigned(receipt, signature, publicKey) ? (JSON.parse(receipt) as Receipt) : undefined;
}

function readSigned(text: string): SignedReceipt {
  try {
    const signed = JSON.parse(text) as Partial<SignedReceipt> | null;
    if (typeof signed?.receipt === "string" && typeof signed.signature === "string") return signed as SignedReceipt;
  } catch {}
  throw new Error("The file holds no receipt. Write one with: quillon receipt show UPDATE --json");
}

/** Whether it is the signature of the text's bytes. @throws Error with a sentence when the key is none. */
export function isSigned(text: string, signature: string, publicKey: string): boolean {
  try {
    return verify(null, Buffer.from(text), publicKey, Buffer.from(signature, "base64"));
  } catch {
    throw new Error("The key can't be read. Write the server's key to a file with: quillon receipt key > FILE");
  }
}
