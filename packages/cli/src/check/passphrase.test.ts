import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { readStateFile } from "./state.ts";

const salt = randomBytes(8);
const key = pbkdf2Sync("open sesame", salt, 1_000_000, 32, "sha256");

/** As Pulumi writes it: https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/resource/config/crypt.go */
function seal(text: string, by = key): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", by, nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

const secret = (ciphertext: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext,
});
const password = seal('"hunter22"');
const foreign = [seal('"x"', randomBytes(32)), "v1:AAAA:AAAA", "none"];

/** What is opened of a state that has these inputs, and what is said. */
async function opened(inputs: object, phrase: string) {
  const folder = mkdtempSync(join(tmpdir(), "quillon-passphrase-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "state.json");
  const provider = { type: "passphrase", state: { salt: `v1:${salt.toString("base64")}:${seal("pulumi")}` } };
  const deployment = { secrets_providers: provider, resources: [{ urn: "u", type: "t", inputs }] };
  writeFileSync(path, JSON.stringify({ version: 3, deployment }));
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", phrase);
  let said = "";
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
  onTestFinished(() => {
    vi.unstubAllEnvs();
    stderr.mockRestore();
  });
  return { secrets: (await readStateFile(path)).secrets, said };
}

test.each<[string, object, Record<string, string>, RegExp]>([
  ["a secret", { password: secret(password) }, { [password]: '"hunter22"' }, /^$/],
  ["a property of that name", { password: secret(password), ciphertext: "mine" }, { [password]: '"hunter22"' }, /^$/],
  [
    "secrets that something else has sealed",
    { password: secret(password), others: foreign.map(secret) },
    { [password]: '"hunter22"' },
    /Of the secrets in .*state\.json, 3 can't be opened .* not evaluated there\.\n$/,
  ],
])("the passphrase of a state opens what it has sealed: %s", async (_, inputs, secrets, says) => {
  const { said, ...rest } = await opened(inputs, "open sesame");
  expect(rest).toEqual({ secrets });
  expect(said).toMatch(says);
});

test("a wrong passphrase is told", async () => {
  await expect(opened({ password: secret(password) }, "sesame")).rejects.toThrow(/is not the passphrase of this state/);
});
