import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { repositoryDir } from "../repository.ts";

const buf = fileURLToPath(import.meta.resolve("@bufbuild/buf/bin/buf"));

/** The messages and services in packages/proto/proto as JavaScript with types, by path in packages/proto/gen. */
export function protoFiles(): Map<string, string> {
  const out = mkdtempSync(join(tmpdir(), "quillon-gen-"));
  try {
    execFileSync(process.execPath, [buf, "generate", "--output", out], {
      cwd: join(repositoryDir, "packages/proto"),
      stdio: ["ignore", "inherit", "inherit"],
    });
    const gen = join(out, "gen");
    const paths = readdirSync(gen, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return new Map(paths.map((path) => [relative(gen, path), readFileSync(path, "utf8")]));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
