import { Type } from "typebox";
import { StackParams } from "../names.ts";
import type { Routes } from "../route.ts";

/** Bytes as padded base64 of the standard alphabet. */
const Base64 = Type.String({ pattern: "^[A-Za-z0-9+/]*={0,2}$" });
const Empty = Type.Object({});

export const secretRoutes = {
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/encrypt": {
    summary: "Encrypt a value under the stack's key",
    access: "stack:write",
    params: StackParams,
    body: Type.Object({ plaintext: Base64 }),
    limit: "state",
    reply: Type.Object({ ciphertext: Base64 }),
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt": {
    summary: "Decrypt a value of the stack",
    access: "stack:read",
    params: StackParams,
    body: Type.Object({ ciphertext: Base64 }),
    limit: "state",
    reply: Type.Object({ plaintext: Base64 }),
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/batch-encrypt": {
    summary: "Encrypt many values; answers are in the order of the request",
    access: "stack:write",
    params: StackParams,
    body: Type.Object({ plaintexts: Type.Array(Base64) }),
    limit: "state",
    reply: Type.Object({ ciphertexts: Type.Array(Base64) }),
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/batch-decrypt": {
    summary: "Decrypt many values, keyed by their ciphertext; one that can't be decrypted fails the request",
    access: "stack:read",
    params: StackParams,
    body: Type.Object({ ciphertexts: Type.Array(Base64) }),
    limit: "state",
    reply: Type.Object({ plaintexts: Type.Record(Type.String(), Base64) }),
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt/log-decryption": {
    summary: "Note that a secret was shown to the caller",
    access: "stack:read",
    params: StackParams,
    body: Type.Object({ secretName: Type.Optional(Type.String()) }),
    reply: Empty,
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt/log-batch-decryption": {
    summary: "Note that a command showed secrets to the caller",
    access: "stack:read",
    params: StackParams,
    body: Type.Object({ commandName: Type.Optional(Type.String()) }),
    reply: Empty,
  },
} as const satisfies Routes;
