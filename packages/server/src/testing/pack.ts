import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import tar from "tar-stream";
import type { Answer, TestApp } from "./app.ts";

/** The archive of a policy pack with its PulumiPolicy.yaml, and other files by name. Archives with different `content` differ. */
export async function archiveOf(
  content = "runtime: nodejs\n",
  files: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const pack = tar.pack();
  pack.entry({ name: "package/PulumiPolicy.yaml" }, content);
  for (const [name, text] of Object.entries(files)) pack.entry({ name: `package/${name}` }, text);
  pack.finalize();
  return gzipSync(await buffer(pack));
}

/** The body of a request that publishes a pack with one policy. */
export function publication(name: string, versionTag?: string) {
  const policies = [{ name: "no-public-bucket", description: "d", enforcementLevel: "mandatory", message: "m" }];
  return { name, displayName: name, policies, ...(versionTag && { versionTag }) };
}

export const PACKS = "/api/orgs/acme/policypacks";

/** Sends the archive to the upload URL as the CLI does: without credentials and without a content type. */
export function upload(server: TestApp, uploadURI: string, archive: Buffer): Promise<Answer> {
  const { pathname, search } = new URL(uploadURI);
  return server.send(`PUT ${pathname}${search}`, undefined, { headers: {}, payload: archive });
}

/** Sends the archive of what a reserved version was bundled from. */
export function uploadSources(
  server: TestApp,
  of: { name: string; version: string },
  archive: Buffer,
): Promise<Answer> {
  const path = `${PACKS.replace("/api", "/api/quillon")}/${of.name}/versions/${of.version}/sources`;
  return server.send(`PUT ${path}`, undefined, { payload: archive });
}

export async function uploadAndComplete(
  server: TestApp,
  {
    name,
    version,
    uploadURI,
    archive,
  }: { name: string; version: string; uploadURI: string; archive?: Buffer | undefined },
): Promise<Answer> {
  await upload(server, uploadURI, archive ?? (await archiveOf()));
  const completed = await server.send(`POST ${PACKS}/${name}/versions/${version}/complete`);
  if (completed.status !== 200) throw new Error(`publish failed: ${JSON.stringify(completed.body)}`);
  return completed;
}

/** Publishes a version of a pack, with all three requests. @returns the integer version. */
export async function publish(server: TestApp, name: string, tag?: string, archive?: Buffer): Promise<number> {
  const reserved = await server.send(`POST ${PACKS}`, publication(name, tag));
  const { version, uploadURI } = reserved.body;
  await uploadAndComplete(server, { name, version: tag ?? String(version), uploadURI, archive });
  return version;
}
