import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { linkSdk } from "../tools/link-sdk.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// A published pack contains @quillon/policy, because no registry has that package. The developer's registry refuses the name.

let world: World;
let author: Terminal;
let developer: Terminal;

beforeAll(async () => {
  world = await openWorld();
  author = world.admin.in(copyOf("sdk-pack"));
  linkSdk(author.dir);
  developer = world
    .person("developer", world.adminToken)
    .with({ "npm_config_@quillon:registry": "http://127.0.0.1:1/", npm_config_fetch_retries: "0" })
    .in(copyOf("sdk-program"));
});
afterAll(() => world.close());

function copyOf(fixture: string): string {
  const copy = join(world.dir, fixture);
  cpSync(join(import.meta.dirname, "fixtures", fixture), copy, { recursive: true });
  return copy;
}

test("pulumi policy publish includes the SDK in the pack", async () => {
  expect(await author.ok("pulumi policy publish acme")).toContain('Publishing "sdk-pack" - version 1.2.3 to "acme"');
  await author.ok("pulumi policy enable acme/sdk-pack latest");
});

test("the pack is enforced for a developer whose registry refuses @quillon packages", async () => {
  await developer.ok("pulumi stack init acme/dev");
  const stopped = await developer.with({ PASSWORD: "hunter2" }).fails("pulumi preview");
  expect(stopped).toContain("❌ sdk-pack@v1.2.3");
  expect(stopped).toContain("[mandatory]  no-secret-text  (random:index/thing:Thing: first)");
  expect(await developer.ok("pulumi preview")).toContain("⚠️ sdk-pack@v1.2.3");
});
