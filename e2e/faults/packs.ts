import { hash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import tar from "tar-stream";
import type { Client } from "./client.ts";
import type { Outcome } from "./history.ts";

const PACKS = "/api/orgs/acme/policypacks";
const GROUP = "/api/orgs/acme/policygroups/default-policy-group";

async function archiveOf(content: string): Promise<Buffer> {
  const pack = tar.pack();
  pack.entry({ name: "package/PulumiPolicy.yaml" }, "runtime: nodejs\n");
  pack.entry({ name: "package/index.js" }, content);
  pack.finalize();
  return gzipSync(await buffer(pack));
}

/** Publishes a version with an archive of its own. @returns what its last request came to. */
export async function publish(client: Client, pack: string, tag: string): Promise<Outcome<"publish">> {
  const policies = [
    { name: "none", displayName: "none", description: "d", enforcementLevel: "advisory", message: "m" },
  ];
  const reserved = await client.ask(`POST ${PACKS}`, {
    body: { name: pack, displayName: pack, versionTag: tag, policies },
  });
  const archive = await archiveOf(`// ${tag} ${client.random.next()}`);
  const asked = { pack, tag, sha256: hash("sha256", archive) };
  if (reserved.status !== 200) return client.recorder.record("publish", asked, async () => ({ result: "refused" }));
  const { uploadURI } = JSON.parse(reserved.text) as { uploadURI: string };
  const { pathname, search } = new URL(uploadURI);
  await client.ask(`PUT ${pathname}${search}`, { body: archive, as: "" });
  return client.until("publish", asked, `POST ${PACKS}/${pack}/versions/${tag}/complete`, {});
}

export function enable(client: Client, pack: string, tag: string): Promise<Outcome<"enable">> {
  const body = { addPolicyPack: { name: pack, versionTag: tag } };
  return client.until("enable", { pack, tag }, `PATCH ${GROUP}`, { body });
}

export async function disable(client: Client, pack: string): Promise<void> {
  await client.ask(`PATCH ${GROUP}`, { body: { removePolicyPack: { name: pack } } });
}

/** Downloads a version, if it is there. */
export async function download(client: Client, pack: string, tag: string): Promise<void> {
  await client.recorder.record("download", { pack, tag }, async () => {
    const link = await client.ask(`GET /api/quillon/orgs/acme/policypacks/${pack}/versions/${tag}/archive`);
    if (link.status === 404) return { result: "done", answer: null };
    const { pathname, search } = new URL((JSON.parse(link.text) as { url: string }).url);
    const { bytes } = await client.ask(`GET ${pathname}${search}`, { as: "" });
    return { result: "done", answer: hash("sha256", bytes) };
  });
}

/** Reads all that a checker needs. */
export async function readAll(client: Client, pack: string, tags: readonly string[]): Promise<void> {
  for (const tag of tags) await download(client, pack, tag);
  const { text } = await client.ask(`GET ${PACKS}?policypack=${pack}`);
  const { policyPacks } = JSON.parse(text) as {
    policyPacks: { name: string; versions: number[]; versionTags: string[] }[];
  };
  const { versions = [], versionTags = [] } = policyPacks.find(({ name }) => name === pack) ?? {};
  await client.recorder.record("versions", { pack }, async () => ({
    result: "done",
    answer: versions.map((version, index) => ({ version, tag: versionTags[index] ?? "" })),
  }));
}
