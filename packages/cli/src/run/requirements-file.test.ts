import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import { readRequirementsFile, requirementsOf, writeRequirementsFile } from "./requirements-file.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const key = publicKey.export({ format: "pem", type: "spki" }).toString();
const other = generateKeyPairSync("ed25519").publicKey.export({ format: "pem", type: "spki" }).toString();

const place = { backend: "s3://states", project: "pets", stack: "dev" };
const archive = Buffer.from("an archive\nof two lines");
const archiveSha256 = createHash("sha256").update(archive).digest("hex");
const said = {
  requirements: 1,
  organization: { name: "acme" },
  stack: { project: "pets", name: "dev" },
  place,
  made: "2030-01-01T00:00:00.000Z",
  expires: "2030-01-02T00:00:00.000Z",
  packs: [{ name: "names", versionTag: "1.0.0", archiveSha256 }],
};
function signed(text: string, prefix = "quillon requirements 1\n") {
  return { text, signature: sign(null, Buffer.from(prefix + text), privateKey).toString("base64") };
}
const archives = new Map([[archiveSha256, archive]]);
const whole = writeRequirementsFile([signed(JSON.stringify(said))], archives);
const written = (fields: object, with_ = archives) =>
  writeRequirementsFile([signed(JSON.stringify({ ...said, ...fields }))], with_);
const changed = (from: string, to: string) => Buffer.from(whole.toString("latin1").replace(from, to), "latin1");

const during = new Date("2030-01-01T12:00:00Z");

test("a file is read as it was written", () => {
  const file = readRequirementsFile(whole, "f", key);
  expect(file.archives.get(archiveSha256)).toEqual(archive);
  const found = requirementsOf(file, { name: "f", place, org: "acme", now: during });
  const { requirements: _, ...fields } = said;
  expect(found).toEqual({ requirements: fields, signed: signed(JSON.stringify(said)) });
});

test("a number of a configuration that JavaScript can't hold stays as it is", () => {
  const text = JSON.stringify(said).replace(/"archiveSha256"/, '"config":{"most":9007199254740993},$&');
  const { stacks } = readRequirementsFile(writeRequirementsFile([signed(text)], archives), "f", key);
  expect(String(stacks[0]?.requirements.packs[0]?.config?.most)).not.toBe("9007199254740992");
});

test.each<[what: string, bytes: Buffer, key: string, says: RegExp]>([
  ["is empty", Buffer.alloc(0), key, /^f is no file of requirements\. Make one with: quillon run export$/],
  ["is something else", Buffer.from('{"receipt":1}\n'), key, /^f is no file of requirements/],
  ["is cut off in its first line", whole.subarray(0, 100), key, /^f is not whole\. Fetch it again/],
  ["is cut off in an archive", whole.subarray(0, -1), key, /^f is not whole/],
  ["has something behind its end", Buffer.concat([whole, Buffer.from("\n")]), key, /^f goes on after its end/],
  ["has a first line that is no JSON", changed("}\n", "\n"), key, /^f is not whole/],
  ["has a first line with other fields", changed('"archives"', '"archived"'), key, /^f is not whole/],
  ["has other requirements", changed("2030-01-02", "2031-01-02"), key, /^The signature of f is not valid/],
  ["is another server's", whole, other, /^The signature of f is not valid/],
  [
    "has the signature of a receipt",
    writeRequirementsFile([signed(JSON.stringify(said), "")], archives),
    key,
    /^The signature of f is not valid/,
  ],
  ["has another archive", changed("an archive", "my archive"), key, /^An archive in f was changed/],
  [
    "lacks an archive",
    written({}, new Map()),
    key,
    /^f does not have the archive of policy pack names 1\.0\.0 that was published\.$/,
  ],
  ["is of a newer server", written({ requirements: 2 }), key, /^f was made by a newer server/],
  ["is read with no key", whole, "ssh-ed25519 AAAA", /^The key can't be read\. .*quillon receipt key > FILE$/],
])("a file that %s is refused", (_, bytes, publicKey, says) => {
  expect(() => readRequirementsFile(bytes, "f", publicKey)).toThrow(says);
});

test("a file may be a little newer than a machine's clock", () => {
  const file = readRequirementsFile(whole, "f", key);
  const now = new Date("2029-12-31T23:55:00Z");
  expect(requirementsOf(file, { name: "f", place, now }).requirements.made).toBe(said.made);
});

test.each<[what: string, of: Partial<Parameters<typeof requirementsOf>[1]>, says: string]>([
  [
    "another stack",
    { place: { ...place, stack: "prod" } },
    "f is not of stack prod of project pets in s3://states, but of stack dev of project pets in s3://states.",
  ],
  [
    "another backend",
    { place: { ...place, backend: "file:///states" } },
    "f is not of stack dev of project pets in file:///states, but of stack dev of project pets in s3://states.",
  ],
  ["another organization", { org: "globex" }, "f is of organization acme, and not of globex."],
  [
    "a moment after its end",
    { now: new Date("2030-01-02T00:00:01Z") },
    "f has expired at 2030-01-02T00:00:00.000Z. Make another: quillon run export",
  ],
  [
    "a moment long before it was made",
    { now: new Date("2029-12-31T23:54:59Z") },
    "f was made at 2030-01-01T00:00:00.000Z, and here it is 2029-12-31T23:54:59.000Z. Set the clock of this machine.",
  ],
])("for %s a file is refused", (_, of, says) => {
  const file = readRequirementsFile(whole, "f", key);
  expect(() => requirementsOf(file, { name: "f", place, now: during, ...of })).toThrow(says);
});
