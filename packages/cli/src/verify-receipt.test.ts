import { generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import { verifyReceipt } from "./verify-receipt.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const key = publicKey.export({ format: "pem", type: "spki" }).toString();
const receipt = JSON.stringify({ status: "complete", stack: { name: "dev" } });
const signature = sign(null, Buffer.from(receipt), privateKey).toString("base64");
const file = (signed: object) => JSON.stringify(signed);

test("a receipt is read when it is as it was signed", () => {
  expect(verifyReceipt(file({ receipt, signature }), key)).toMatchObject({ status: "complete" });
});

test.each([
  ["was changed", { receipt: receipt.replace("dev", "prod"), signature }],
  ["was written in another form", { receipt: receipt.replace(":", ": "), signature }],
  ["has another signature", { receipt, signature: signature.replace(/^../, "AA") }],
  ["has none", { receipt, signature: "" }],
])("a receipt that %s is refused", (_, signed) => {
  expect(verifyReceipt(file(signed), key)).toBeUndefined();
});

test("a receipt of another server is refused", () => {
  const other = generateKeyPairSync("ed25519").publicKey.export({ format: "pem", type: "spki" }).toString();
  expect(verifyReceipt(file({ receipt, signature }), other)).toBeUndefined();
});

test.each(["", "null", "[]", '{"receipt":7}'])("the file %j holds none", (text) => {
  expect(() => verifyReceipt(text, key)).toThrow("quillon receipt show UPDATE --json");
});

test("a file that holds no key is said to be none", () => {
  expect(() => verifyReceipt(file({ receipt, signature }), "ssh-ed25519 AAAA")).toThrow("quillon receipt key");
});
