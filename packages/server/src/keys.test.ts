import { randomBytes, verify } from "node:crypto";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { deriveKeys, makeKeyFile, parseMasterKey, readKeyFile, sealer } from "./keys.ts";

test("a sealed value opens only with the same key and context", () => {
  const { seal, open } = sealer(randomBytes(32));
  const other = sealer(randomBytes(32));
  fc.assert(
    fc.property(fc.uint8Array(), fc.string(), fc.string(), (bytes, context, wrong) => {
      fc.pre(context !== wrong);
      const sealed = seal(Buffer.from(bytes), context);
      expect(open(sealed, context)).toEqual(Buffer.from(bytes));
      expect(() => open(sealed, wrong)).toThrow();
      expect(() => other.open(sealed, context)).toThrow();
    }),
  );
});

test("a sealed value with any byte changed or missing does not open", () => {
  const { seal, open } = sealer(randomBytes(32));
  const sealed = seal(Buffer.from("secret"), "");
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => open(changed, "")).toThrow();
  }
  for (let length = 0; length < sealed.length; length += 1) {
    expect(() => open(sealed.subarray(0, length), "")).toThrow();
  }
});

test("a signature is valid only for its own text", () => {
  const keys = deriveKeys(randomBytes(32));
  expect(keys.verify("upload 1", keys.sign("upload 1"))).toBe(true);
  expect(keys.verify("upload 2", keys.sign("upload 1"))).toBe(false);
  expect(keys.verify("upload 1", "")).toBe(false);
});

test("a receipt's signature is checked with the public key alone, which is the same as long as the master key is", () => {
  const master = randomBytes(32);
  const { receipts } = deriveKeys(master);
  expect(deriveKeys(Buffer.from(master)).receipts.publicKey).toBe(receipts.publicKey);
  const isValid = (text: string, key: string) => verify(null, Buffer.from(text), key, receipts.sign("a receipt ü"));
  expect(isValid("a receipt ü", receipts.publicKey)).toBe(true);
  expect(isValid("a receipt u", receipts.publicKey)).toBe(false);
  expect(isValid("a receipt ü", deriveKeys(randomBytes(32)).receipts.publicKey)).toBe(false);
});

test("different keys have different fingerprints", () => {
  const key = randomBytes(32);
  expect(deriveKeys(key).fingerprint).toBe(deriveKeys(Buffer.from(key)).fingerprint);
  expect(deriveKeys(key).fingerprint).not.toBe(deriveKeys(randomBytes(32)).fingerprint);
});

test.each(["", "short", randomBytes(31).toString("base64"), randomBytes(33).toString("base64")])(
  "%j is not a master key, and the error says how to make one",
  (text) => {
    expect(() => parseMasterKey(text, "QUILLON_MASTER_KEY")).toThrow(/^QUILLON_MASTER_KEY .*openssl rand -base64 32/);
  },
);

test("a key file is read as it was made, and only its owner may read it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "quillon-keys-"));
  const path = join(folder, "master.key");
  expect(await readKeyFile(path)).toBeUndefined();
  const made = await makeKeyFile(path);
  expect(await readKeyFile(path)).toEqual(made);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await readFile(path, "utf8")).trim()).toBe(made.toString("base64"));
  await rm(folder, { recursive: true });
});
