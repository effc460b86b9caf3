import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isProgram } from "./find.ts";
import { linkInstalledProvidersOf } from "./providers.ts";

let place: string;
const file = (...path: string[]) => join(place, ...path);

beforeEach(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), "quillon-providers-test-")));
  writeSdk("random", { version: "4.21.2", pulumi: { resource: true, name: "random" } });
  writeSdk("pulumi", { version: "3.220.0" });
});

afterEach(() => rmSync(place, { recursive: true }));

function writeSdk(name: string, manifest: object) {
  const dir = file("program", "node_modules", "@pulumi", name);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "package.json"), JSON.stringify(manifest));
}

function install(version: string) {
  const dir = file("user", "plugins", `resource-random-v${version}`);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "pulumi-resource-random"), "", { mode: 0o755 });
}

test.each([
  { version: "4.21.2", linked: true },
  { version: "4.21.1", linked: false },
])("a provider that the user has in version $version is linked: $linked", ({ version, linked }) => {
  install(version);
  linkInstalledProvidersOf(file("program"), file("home"), file("user"));
  // The CLI passes over a folder that is a link, so only the program in it may be one.
  expect(isProgram(file("home", "plugins", "resource-random-v4.21.2", "pulumi-resource-random"))).toBe(linked);
});
