import { join } from "node:path";
import { type Running, start } from "../measure/process.ts";

/** A place for archives, and what a client does with it. */
export interface Registry {
  pid: number;
  /** Uploads an archive. @returns what to download it by. */
  upload(archive: Buffer<ArrayBuffer>): Promise<string>;
  /** @returns the URL to download it from */
  locate(uploaded: string): Promise<string>;
  stop(): Promise<void>;
}

const READY = /(http:\/\/127\.0\.0\.1:\d+)/;
const token = "bench-token-0123456789abcdef0123456789";

/** Quillon, with one stack. An upload is a publish, from reserve to complete, so the archive is unpacked and checked too. */
export async function startQuillon(folder: string): Promise<Registry> {
  const env = { ...process.env, QUILLON_BOOTSTRAP_TOKEN: token };
  const server = ["packages/cli/dist/quillon.js", "server", "--data", join(folder, "data"), "--listen", "127.0.0.1:0"];
  const running = await start(server, READY, { env });
  const call = caller(running);
  await call("POST", "/api/stacks/acme/bench", { stackName: "one" });
  let made = 0;
  return {
    ...running,
    async upload(archive) {
      made += 1;
      const name = `pack-${made}`;
      const policies = [{ name: "p", description: "d", enforcementLevel: "advisory", message: "m" }];
      const metadata = { name, displayName: "", versionTag: "1.0.0", policies };
      const { uploadURI } = await call<{ uploadURI: string }>("POST", "/api/orgs/acme/policypacks", metadata);
      await put(uploadURI, archive);
      await call("POST", `/api/orgs/acme/policypacks/${name}/versions/1.0.0/complete`);
      return name;
    },
    /** Enables the pack, and asks as the Pulumi CLI does. */
    async locate(name) {
      const group = "/api/orgs/acme/policygroups/default-policy-group";
      await call("PATCH", group, { policyPacks: [{ name, versionTag: "1.0.0" }] });
      const { requiredPolicies } = await call<{ requiredPolicies: { packLocation: string }[] }>(
        "GET",
        "/api/stacks/acme/bench/one/policypacks",
      );
      const [required] = requiredPolicies;
      if (!required) throw new Error(`${name} is enabled, but the stack must run nothing`);
      return required.packLocation;
    },
  };
}

/** A plain file server in its own process. */
export async function startPlainFiles(folder: string): Promise<Registry> {
  const running = await start(["tools/run.mjs", "bench/registry/plain-files.ts", folder], READY);
  let made = 0;
  return {
    ...running,
    async upload(archive) {
      made += 1;
      const url = `${running.printed}/file-${made}.tgz`;
      await put(url, archive);
      return url;
    },
    locate: async (url) => url,
  };
}

function caller({ printed: url }: Running) {
  return async <Reply>(method: string, path: string, body?: object): Promise<Reply> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `token ${token}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return JSON.parse(text);
  };
}

async function put(url: string, body: Buffer<ArrayBuffer>): Promise<void> {
  const response = await fetch(url, { method: "PUT", body });
  if (!response.ok) throw new Error(`PUT ${url}: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}
