import { Type } from "typebox";
import { StackParams } from "../names.ts";
import { Empty, type Routes } from "../route.ts";

/** Bytes as padded base64 of the standard alphabet. */
const Base64 = Type.String({ pattern: "^[A-Za-z0-9+/]*={0,2}$" });

export const secretRoutes = {
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/encrypt": {
    summary: "Encrypt a value with the key of a stack",
    access: "stack:write",
    params: StackParams,
    body: Type.Object({ plaintext: Base64 }),
    limit: "secret",
    reply: Type.Object({ ciphertext: Base64 }),
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt": {
    summary: "Decrypt a value of a stack",
    access: "stack:read",
    params: StackParams,
    body: Type.Object({ ciphertext: Base64 }),
    limit: "secret",
    reply: Type.Object({ plaintext: Base64 }),
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/batch-encrypt": {
    summary: "Encrypt many values; the reply has the order of the request",
    access: "stack:write",
    params: StackParams,
    body: Type.Object({ plaintexts: Type.Array(Base64) }),
    limit: "secret",
    reply: Type.Object({ ciphertexts: Type.Array(Base64) }),
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/batch-decrypt": {
    summary: "Decrypt many values; the reply has them by ciphertext, and fails if one can't be decrypted",
    access: "stack:read",
    params: StackParams,
    body: Type.Object({ ciphertexts: Type.Array(Base64) }),
    limit: "secret",
    reply: Type.Object({ plaintexts: Type.Record(Type.String(), Base64) }),
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt/log-decryption": {
    summary: "Log that a secret was shown to the caller",
    access: "stack:read",
    params: StackParams,
    body: Type.Object({ secretName: Type.Optional(Type.String()) }),
    reply: Empty,
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt/log-batch-decryption": {
    summary: "Log that a command showed secrets to the caller",
    access: "stack:read",
    params: StackParams,
    body: Type.Object({ commandName: Type.Optional(Type.String()) }),
    reply: Empty,
  },
} as const satisfies Routes;
