import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import tar from "tar-stream";
import { Failure } from "../failure.ts";

export type Api = ReturnType<typeof apiOf>;

/** The requests that fill a server. Their replies are as the API's reference says. */
export function apiOf(url: string, token: string) {
  // biome-ignore lint/suspicious/noExplicitAny: the reply of any route
  async function send(request: string, body?: object, as = `token ${token}`): Promise<any> {
    const [method = "", path = ""] = request.split(" ");
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: as, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Failure(`${request} was answered ${reply.status}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }
  return {
    send,
    async publish(pack: { name: string; versionTag: string } & Record<string, unknown>): Promise<void> {
      const { uploadURI } = await send("POST /api/orgs/acme/policypacks", { displayName: pack.name, ...pack });
      await fetch(uploadURI, { method: "PUT", body: await emptyArchive() });
      await send(`POST /api/orgs/acme/policypacks/${pack.name}/versions/${pack.versionTag}/complete`);
    },
  };
}

async function emptyArchive(): Promise<Buffer<ArrayBuffer>> {
  const pack = tar.pack();
  pack.entry({ name: "package/PulumiPolicy.yaml" }, "runtime: nodejs\n");
  pack.finalize();
  return gzipSync(await buffer(pack));
}
