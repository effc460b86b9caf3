import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { settingTable } from "../packages/server/src/settings.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const deploy = readdirSync(join(root, "deploy")).map((name) => `deploy/${name}`);
const known = [...Object.values(settingTable).map(({ variable }) => variable), "QUILLON_NEW_MASTER_KEY"];

test.each(["docs/operations.md", ...deploy])("%s names settings that there are", (path) => {
  for (const variable of read(path).match(/QUILLON_[A-Z_]+/g) ?? []) expect(known).toContain(variable);
});

test("the guide and the compose file name files that there are", () => {
  const named = [...read("docs/operations.md").matchAll(/deploy\/[A-Za-z][\w.-]+[a-z]/g)].map(([path]) => path);
  expect(named.length).toBeGreaterThan(4);
  for (const path of named) expect(existsSync(join(root, path)), path).toBe(true);
  const [, context = "", file = ""] = /context: (\S+)\s+dockerfile: (\S+)/.exec(read("deploy/compose.yaml")) ?? [];
  expect(join("deploy", context, file)).toBe("deploy/Containerfile");
});
