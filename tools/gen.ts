// npm run gen: writes the files that are made from other files, and prints one line for each. With `-- --check` it writes
// nothing, prints the files that are not up to date, and fails when there are any.
import { join } from "node:path";
import { Failure } from "./failure.ts";
import { compareFolder, writeFolder } from "./gen/folder.ts";
import { protoFiles } from "./gen/proto.ts";
import { referencePages } from "./gen/reference.ts";
import { repositoryDir } from "./repository.ts";

const folders = {
  "docs/reference": { make: referencePages, allGenerated: false },
  "packages/proto/gen": { make: protoFiles, allGenerated: true },
};

export function main(args: string[]): void {
  const check = args.includes("--check");
  const stale: string[] = [];
  for (const [name, { make, allGenerated }] of Object.entries(folders)) {
    const dir = join(repositoryDir, name);
    const wanted = make();
    const changes = compareFolder(dir, wanted, { allGenerated });
    if (!check) writeFolder(dir, wanted, changes);
    for (const [path, change] of changes) {
      if (!check) console.log(`${change.padEnd(9)} ${name}/${path}`);
      else if (change !== "unchanged") stale.push(`${name}/${path}`);
    }
  }
  if (stale.length > 0) throw new Failure(`Not up to date: ${stale.join(", ")}. Run: npm run gen`);
}
