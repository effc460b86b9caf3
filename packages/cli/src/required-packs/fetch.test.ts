import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { archiveOf } from "../../../server/src/testing/pack.ts";
import { packFolder } from "./fetch.ts";

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "quillon-fetch-"));
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(cache, { recursive: true });
});

const bundled = await archiveOf("runtime: nodejs\n", { "node_modules/@pulumi/pulumi/package.json": "{}" });
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const wanted = (archive: Buffer, more: object = {}) => ({
  name: "names",
  versionTag: "1.0.0",
  packLocation: `data:application/gzip;base64,${archive.toString("base64")}`,
  archiveSha256: sha256(archive),
  ...more,
});

test("a bundled pack needs no program, and is fetched once", async () => {
  const options = { cache, program: "/no/such/program" };
  const folder = await packFolder(wanted(bundled), options);
  expect(folder).toBe(join(cache, "packs", sha256(bundled)));
  expect(readFileSync(join(folder, "PulumiPolicy.yaml"), "utf8")).toBe("runtime: nodejs\n");
  expect(await packFolder(wanted(bundled, { packLocation: "nothing:" }), options)).toBe(folder);
});

const plain = await archiveOf();
test.each<[what: string, pack: ReturnType<typeof wanted>, program: string, message: RegExp]>([
  [
    "whose archive is another one",
    wanted(bundled, { archiveSha256: "0".repeat(64) }),
    "true",
    /^The archive of policy pack names 1\.0\.0 is not the one that was published: its SHA-256 is [0-9a-f]{64}, and not 0{64}\.$/,
  ],
  [
    "of a server that says no digest",
    wanted(bundled, { archiveSha256: undefined }),
    "true",
    /The server does not say what the archive of policy pack names 1\.0\.0 is/,
  ],
  [
    "that can't be fetched",
    wanted(bundled, { packLocation: "http://127.0.0.1:1/" }),
    "true",
    /^The archive of policy pack names 1\.0\.0 can't be fetched\.$/,
  ],
  [
    "that must be installed where the Pulumi CLI is not",
    wanted(plain),
    "/no/such/pulumi",
    /^What policy pack names 1\.0\.0 needs must be installed by the Pulumi CLI, which can't be started: .*ENOENT\. Install it, or enable/,
  ],
  [
    "that can't be installed",
    wanted(plain),
    "false",
    /^What policy pack names 1\.0\.0 needs can't be installed by false install:/,
  ],
])("a pack %s is told, and nothing of it stays", async (_, pack, program, message) => {
  await expect(packFolder(pack, { cache, program })).rejects.toThrow(message);
  const packs = join(cache, "packs");
  expect(existsSync(packs) ? readdirSync(packs) : []).toEqual([]);
});

test("a cache that can't be made is told, with the variable that moves it", async () => {
  const file = join(cache, "file");
  writeFileSync(file, "");
  await expect(packFolder(wanted(bundled), { cache: file, program: "true" })).rejects.toThrow(
    /packs can't be written to: .*\. Set XDG_CACHE_HOME to a folder/,
  );
});

test("what is not bundled is installed, a pack in Python in an environment of its own", async () => {
  const folder = await packFolder(wanted(await archiveOf("runtime: python\n")), { cache, program: "true" });
  expect(readFileSync(join(folder, "PulumiPolicy.yaml"), "utf8")).toContain("virtualenv: venv");
});
