import { randomBytes, randomUUID } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { createGzip } from "node:zlib";
import tar from "tar-stream";

type Body = Buffer<ArrayBuffer>;

interface Sent {
  body?: Body;
  gzip?: boolean;
  /** The Authorization header. */
  as?: string;
}

/** What a Pulumi CLI would send, and what it would not. */
export function startQuillonClient(url: string, token: string) {
  const ask = async (method: string, path: string, { body, gzip, as = `token ${token}` }: Sent = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: as,
        "accept-encoding": "identity",
        ...(body && { "content-type": "application/json" }),
        ...(gzip && { "content-encoding": "gzip" }),
      },
      ...(body && { body: body }),
    });
    let bytes = 0;
    let start = "";
    for await (const chunk of answer.body ?? []) {
      if (bytes < 10_000) start += Buffer.from(chunk).toString();
      bytes += chunk.length;
    }
    return { status: answer.status, text: start };
  };
  const send = (method: string, path: string, body?: Body, gzip = false) =>
    ask(method, path, { ...(body && { body }), gzip });
  const json = async (method: string, path: string, body: object) => {
    const { status, text } = await send(method, path, Buffer.from(JSON.stringify(body)));
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text);
  };
  return {
    url,
    token,
    send,
    json,
    async newStack() {
      const stackName = `s${randomBytes(6).toString("hex")}`;
      await json("POST", "/api/stacks/acme/web", { stackName });
      return `/api/stacks/acme/web/${stackName}`;
    },
    /** Creates and starts an update. @returns sends one of its requests. */
    async newUpdate(stack: string, config: object = {}) {
      const { updateID } = await json("POST", `${stack}/update`, { config, metadata: {} });
      const started = await json("POST", `${stack}/update/${updateID}`, {});
      return (method: string, path: string, body?: Body, gzip = false) =>
        ask(method, `${stack}/update/${updateID}/${path}`, {
          ...(body && { body }),
          gzip,
          ...(method !== "GET" && { as: `update-token ${started.token}` }),
        });
    },
    /** @returns where to upload an archive. */
    async newUpload(): Promise<string> {
      const { uploadURI } = await json("POST", "/api/orgs/acme/policypacks", {
        name: `p${randomUUID()}`,
        displayName: "p",
        versionTag: "1.0.0",
        policies: [{ name: "none", displayName: "", description: "", message: "", enforcementLevel: "advisory" }],
      });
      return uploadURI;
    },
    async put(uploadUrl: string, archive: Body) {
      await (await fetch(uploadUrl, { method: "PUT", body: archive })).arrayBuffer();
    },
  };
}

/** An archive of about that many bytes that can't be compressed any further. */
export async function archiveOf(bytes: number): Promise<Body> {
  const pack = tar.pack();
  pack.entry({ name: "package/PulumiPolicy.yaml" }, "runtime: nodejs\n");
  pack.entry({ name: "package/data.bin" }, randomBytes(bytes));
  pack.finalize();
  return buffer(pack.pipe(createGzip({ level: 1 }))) as Promise<Body>;
}
