import type { Client } from "@quillon/contract/client";
import type { StackParams } from "../stack-params.ts";
import { inParts } from "../value-batches.ts";
import { NotRead } from "./source.ts";

/** Decrypts values of a stack. @returns the plaintexts by ciphertext, both in base64. @throws ApiError; NotRead when one is not answered. */
export async function decryptAll(
  client: Client,
  params: StackParams,
  ciphertexts: readonly string[],
): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for (const part of inParts(ciphertexts)) {
    const { plaintexts } = await client.call("POST /api/stacks/{orgName}/{projectName}/{stackName}/batch-decrypt", {
      params,
      body: { ciphertexts: part },
    });
    for (const ciphertext of part) {
      const plaintext = plaintexts[ciphertext];
      if (plaintext === undefined)
        throw new NotRead("The service has not answered what one of the stack's secrets is.");
      all.set(ciphertext, plaintext);
    }
  }
  return all;
}

/** @param plaintexts in base64. @returns their ciphertexts, in order. */
export async function encryptAll(
  client: Client,
  params: StackParams,
  plaintexts: readonly string[],
): Promise<string[]> {
  const all: string[] = [];
  for (const part of inParts(plaintexts)) {
    const { ciphertexts } = await client.call("POST /api/stacks/{orgName}/{projectName}/{stackName}/batch-encrypt", {
      params,
      body: { plaintexts: part },
    });
    if (ciphertexts.length !== part.length) throw new Error("Quillon has not encrypted all secrets of the stack.");
    all.push(...ciphertexts);
  }
  return all;
}
