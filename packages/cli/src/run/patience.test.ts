import type { Client } from "@quillon/contract/client";
import { expect, test } from "vitest";
import { patient } from "./patience.ts";

/** A server that never answers, and one that refuses at once. */
const silent = {
  call: (_: string, { signal }: { signal: AbortSignal }) =>
    new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason));
    }),
} as unknown as Client;
const refusing = { call: () => Promise.reject(new Error("No.")) } as unknown as Client;

const who = "GET /api/user";

test("a server that does not answer is waited for as long as was said, and no longer than anybody around says", async () => {
  await expect(patient(silent, 1).call(who, {})).rejects.toThrow("Quillon has not answered for 0.001 seconds.");
  await expect(patient(patient(silent, 1), 3_600_000).call(who, {})).rejects.toThrow("not answered for 0.001");
  await expect(patient(patient(silent, 3_600_000), 1).call(who, {})).rejects.toThrow("not answered for 0.001");
  const given = AbortSignal.abort(new Error("given up"));
  await expect(patient(silent, 3_600_000).call(who, { signal: given })).rejects.toThrow("given up");
  await expect(patient(silent, 3_600_000, given).call(who, {})).rejects.toThrow("given up");
});

test("what it answers is passed on", async () => {
  await expect(patient(refusing, 3_600_000).call(who, {})).rejects.toThrow("No.");
});
