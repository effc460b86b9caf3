import { randomBytes, verify } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { deriveKeys, LateKeys, masterKeyOf, sealer } from "./keys.ts";

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

test("a receipt's signature is checked with the public key alone, which is the same as long as the root key is", () => {
  const root = randomBytes(32);
  const { receipts } = deriveKeys(root);
  expect(deriveKeys(Buffer.from(root)).receipts.publicKey).toBe(receipts.publicKey);
  const isValid = (text: string, key: string) => verify(null, Buffer.from(text), key, receipts.sign("a receipt ü"));
  expect(isValid("a receipt ü", receipts.publicKey)).toBe(true);
  expect(isValid("a receipt u", receipts.publicKey)).toBe(false);
  expect(isValid("a receipt ü", deriveKeys(randomBytes(32)).receipts.publicKey)).toBe(false);
});

test("keys can be used when their root key is known, and not before", () => {
  const root = randomBytes(32);
  const keys = new LateKeys();
  expect(() => keys.seal(Buffer.from("secret"), "")).toThrow("not known before the database is ready");
  keys.derive(root);
  const known = deriveKeys(root);
  expect(known.open(keys.seal(Buffer.from("secret"), "it"), "it").toString()).toBe("secret");
  expect(known.verify("text", keys.sign("text"))).toBe(true);
  expect(keys.receipts.publicKey).toBe(known.receipts.publicKey);
});

test("only the master key that has wrapped a root key can unwrap it", () => {
  const [master, root] = [masterKeyOf(randomBytes(32)), randomBytes(32)];
  expect(masterKeyOf(Buffer.from(master.bytes)).unwrap(master.wrap(root))).toEqual(root);
  expect(() => masterKeyOf(randomBytes(32)).unwrap(master.wrap(root))).toThrow();
});

test("different master keys have different fingerprints", () => {
  const key = randomBytes(32);
  expect(masterKeyOf(key).fingerprint).toBe(masterKeyOf(Buffer.from(key)).fingerprint);
  expect(masterKeyOf(key).fingerprint).not.toBe(masterKeyOf(randomBytes(32)).fingerprint);
});
