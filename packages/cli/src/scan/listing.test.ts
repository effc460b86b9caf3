import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listStacks, stackOfFile } from "./listing.ts";
import { PulumiFailed } from "./pulumi.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quillon-listing-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each<[path: string, names: string[]]>([
  ["pets/dev.json", ["organization/pets/dev"]],
  ["pets\\dev.json", ["organization/pets/dev"]],
  ["pets/dev.json.gz", ["organization/pets/dev"]],
  ["dev.json", ["dev"]],
  ["pets/dev.json.bak", []],
  ["pets/dev.json.attrs", []],
  ["pets", []],
  ["a/b/c.json", []],
])("of the file %s", (path, names) => {
  expect(stackOfFile(path).map(({ name }) => name)).toEqual(names);
});

const fails = async () => {
  throw new PulumiFailed("invalid character");
};

test("where the CLI can't list the stacks of a folder, its files are listed", async () => {
  for (const path of ["pets/dev.json", "pets/dev.json.bak", "cars/prod.json"]) {
    const file = join(folder, ".pulumi", "stacks", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
  }
  const { stacks, problem } = await listStacks(fails, { url: `file://${folder}`, known: "file:///x", folder });
  expect(stacks.map(({ name }) => name).sort()).toEqual(["organization/cars/prod", "organization/pets/dev"]);
  expect(problem).toBe("invalid character");
});

test.each([
  ["a folder without stacks", () => folder],
  ["a folder that is not there", () => join(folder, "none")],
  ["a bucket", () => undefined],
])("of %s the CLI's own words are told", async (_, where) => {
  const path = where();
  const backend = { url: "s3://b?key=1", known: "s3://b", ...(path && { folder: path }) };
  await expect(listStacks(fails, backend)).rejects.toThrow(
    "The stacks of s3://b can't be listed. The Pulumi CLI says: invalid character",
  );
});

test("a CLI that is not there lists nothing", async () => {
  const missing = async () => {
    throw new Error("There is no command pulumi");
  };
  await expect(listStacks(missing, { url: "", known: "", folder })).rejects.toThrow("There is no command pulumi");
});
