import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Outcome } from "../tools/archives/row.ts";
import { archives } from "../tools/archives/table.ts";
import { unpackArchives } from "../tools/toolchain/paths.ts";
import { openWorld, type World } from "./harness/world.ts";

// The server publishes an archive only when the Pulumi CLI can unpack it and load the pack.

interface Unpacked {
  archive: string;
  error?: string;
  files: Record<string, string>;
  outside: string[];
}

let world: World;
const unpacked = new Map<string, Unpacked>();

beforeAll(async () => {
  world = await openWorld();
  const folder = join(world.dir, "archives");
  mkdirSync(folder);
  const paths = archives.map(({ bytes }, index) => {
    const path = join(folder, `${index}.tgz`);
    writeFileSync(path, bytes);
    return path;
  });
  const lines = execFileSync(unpackArchives, paths, { encoding: "utf8" }).trim().split("\n");
  for (const line of lines) {
    const found: Unpacked = JSON.parse(line);
    unpacked.set(basename(found.archive, ".tgz"), found);
  }
});

afterAll(() => world?.close());

describe.each(archives.map((row, index) => ({ ...row, index })))("$title", ({ bytes, refused, cli, index }) => {
  test(`the CLI: ${cli}`, () => {
    expect(outcomeOf(unpacked.get(String(index)))).toBe(cli);
  });

  test(refused === undefined ? "the server publishes it" : `the server refuses it: ${refused}`, async () => {
    const answer = await publish(`pack-${index}`, bytes);
    if (refused !== undefined) {
      expect(answer).toMatchObject({ status: 400, message: expect.stringContaining(refused) });
      return;
    }
    expect(answer).toMatchObject({ status: 200 });
    expect(unpacked.get(String(index))).toMatchObject({ outside: [] });
    expect(unpacked.get(String(index))).not.toHaveProperty("error");
  });
});

test("what the server accepts, the CLI unpacks whole and nowhere else", () => {
  const accepted = archives.filter(({ refused }) => refused === undefined);
  expect(accepted.map(({ cli }) => cli)).toEqual(accepted.map(() => "unpacks"));
  const plain = unpacked.get(String(archives.findIndex(({ title }) => title === "files and folders")));
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  expect(plain?.files).toEqual({ "PulumiPolicy.yaml": hash("runtime: nodejs\n"), "lib/a.js": hash("2") });
});

function outcomeOf(found: Unpacked | undefined): Outcome {
  if (found && found.outside.length > 0) return "outside";
  return found?.error === undefined ? "unpacks" : "refuses";
}

/** Publishes as the CLI does, without the CLI, which would make an archive of its own. */
async function publish(name: string, archive: Buffer): Promise<{ status: number; message?: string }> {
  const packs = `${world.server.url}/api/orgs/acme/policypacks`;
  const headers = { authorization: `token ${world.adminToken}`, "content-type": "application/json" };
  const policies = [{ name: "p", description: "d", enforcementLevel: "mandatory", message: "m" }];
  const body = JSON.stringify({ name, displayName: name, policies });
  const reserved = await fetch(packs, { method: "POST", headers, body });
  const { version, uploadURI } = (await reserved.json()) as { version: number; uploadURI: string };
  const uploaded = await fetch(uploadURI, { method: "PUT", body: new Uint8Array(archive) });
  const answer = uploaded.ok
    ? await fetch(`${packs}/${name}/versions/${version}/complete`, { method: "POST", headers })
    : uploaded;
  return { status: answer.status, ...((await answer.json()) as { message?: string }) };
}
