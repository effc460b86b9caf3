import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeCommand, startPack } from "@quillon/runner";
import type { World } from "../../e2e/harness/world.ts";
import { printLine, time } from "../measure/ratios.ts";

const ROUTE = "/api/quillon/orgs/acme/policypacks";

/** Times one by one what a machine does that has never seen a bundled pack. @returns a folder with the pack. */
export async function measureParts(world: World, { pack, count }: { pack: string; count: number }): Promise<string> {
  const directory = join(world.dir, "parts");
  const at = world.admin.in(directory);
  const steps = {
    download: async () => writeFileSync(`${directory}.tgz`, await download(world, pack)),
    unpack: () => at.ok(`tar -xzf ${directory}.tgz --strip-components=1`),
    "npm's no-op": () => at.ok("npm install --loglevel=error"),
    "node start": () => at.ok("node -e 0"),
    "pack start": async () => (await startPack({ directory, command: nodeCommand(directory), env: at.env })).stop(),
  };
  const took: Record<string, number[]> = Object.fromEntries(Object.keys(steps).map((name) => [name, []]));
  for (let round = 0; round < count; round += 1) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
    for (const [name, step] of Object.entries(steps)) took[name]?.push(await time(step));
  }
  console.log("\nparts of the first preview with a bundled pack, alone");
  for (const [name, all] of Object.entries(took)) printLine(name, all, "ms");
  return directory;
}

async function download({ server, adminToken }: World, pack: string): Promise<Uint8Array> {
  const headers = { authorization: `token ${adminToken}` };
  const found = await fetch(`${server.url}${ROUTE}/${pack}/versions/latest/archive`, { headers });
  const { url } = (await found.json()) as { url: string };
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}
