import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test, vi } from "vitest";
import { Sender } from "./sender.ts";

const run = promisify(execFile);
const ends: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const end of ends.splice(0).reverse()) await end();
});

async function listen(server: HttpServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

async function destination(seen: string[]): Promise<number> {
  return listen(
    createHttpServer((request, response) => {
      seen.push(`${request.method} ${request.headers.host}${request.url}`);
      response.end("hello");
    }),
  );
}

/** A proxy that leads each connection to this machine, whatever name it is asked for. */
async function proxy(asked: string[]): Promise<number> {
  const server = createHttpServer((_, response) => response.writeHead(405).end());
  server.on("connect", ({ url = "" }, socket) => {
    asked.push(url);
    const there = connect(Number(url.split(":").at(-1)), "127.0.0.1");
    there.on("connect", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    there.on("error", () => socket.destroy());
    socket.on("error", () => there.destroy());
    socket.pipe(there).pipe(socket);
  });
  return listen(server);
}

/** With nothing allowed: the proxy itself is at an address that no webhook may reach. */
async function postThrough({ environment, url }: { environment: Record<string, string>; url: string }) {
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]) {
    vi.stubEnv(name, environment[name]);
    vi.stubEnv(name.toLowerCase(), undefined);
  }
  const sender = new Sender({ allowed: [] });
  ends.push(() => sender.close());
  return sender.post({ url, headers: {}, body: "{}" });
}

test("Through a proxy a name is reached that only the proxy knows", async () => {
  const [asked, seen]: [string[], string[]] = [[], []];
  const [port, through] = [await destination(seen), await proxy(asked)];
  const environment = { HTTP_PROXY: `http://127.0.0.1:${through}` };
  const outcome = await postThrough({ environment, url: `http://hooks.example.test:${port}/x` });
  expect(outcome).toMatchObject({ answer: { code: 200, body: "hello" } });
  expect(asked).toEqual([`hooks.example.test:${port}`]);
  expect(seen).toEqual([`POST hooks.example.test:${port}/x`]);
});

test("Through a proxy, too, an address inside is not asked for", async () => {
  const [asked, seen]: [string[], string[]] = [[], []];
  const [port, through] = [await destination(seen), await proxy(asked)];
  const environment = { HTTP_PROXY: `http://127.0.0.1:${through}` };
  expect(await postThrough({ environment, url: `http://127.0.0.1:${port}/x` })).toMatchObject({ problem: "blocked" });
  expect([...asked, ...seen]).toEqual([]);
});

test("A name that goes past the proxy is checked as without one", async () => {
  const [asked, seen]: [string[], string[]] = [[], []];
  const [port, through] = [await destination(seen), await proxy(asked)];
  const environment = { HTTP_PROXY: `http://127.0.0.1:${through}`, NO_PROXY: "localhost" };
  expect(await postThrough({ environment, url: `http://localhost:${port}/x` })).toMatchObject({ problem: "blocked" });
  expect([...asked, ...seen]).toEqual([]);
});

/** Makes an authority, and a certificate of it for `hooks.example.test`. */
async function makeCertificates(folder: string) {
  const at = (name: string) => join(folder, name);
  const newKey = ["-newkey", "rsa:2048", "-nodes", "-keyout"];
  const openssl = (...args: string[]) => run("openssl", args);
  await openssl("req", "-x509", ...newKey, at("ca.key"), "-out", at("ca.pem"), "-days", "2", "-subj", "/CN=Test");
  const name = "hooks.example.test";
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  await openssl("req", ...newKey, at("key.pem"), "-out", at("request.pem"), ...subject);
  const signed = [
    "-CA",
    at("ca.pem"),
    "-CAkey",
    at("ca.key"),
    "-CAcreateserial",
    "-days",
    "2",
    "-copy_extensions",
    "copy",
  ];
  await openssl("x509", "-req", "-in", at("request.pem"), ...signed, "-out", at("cert.pem"));
  return { authority: at("ca.pem"), key: await readFile(at("key.pem")), cert: await readFile(at("cert.pem")) };
}

test("A certificate of a private authority is accepted when the environment names the authority", async () => {
  const folder = await mkdtemp(join(tmpdir(), "quillon-authority-"));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  const { authority, ...certificate } = await makeCertificates(folder);
  const port = await listen(createHttpsServer(certificate, (_, response) => response.end("hello")));
  const asked: string[] = [];
  const through = await proxy(asked);
  // Node.js reads the variable when it starts.
  const post = async (environment: Record<string, string>) => {
    const program = `
      import { Sender } from ${JSON.stringify(new URL("./sender.ts", import.meta.url).href)};
      const sender = new Sender({ allowed: [] });
      const outcome = await sender.post({ url: "https://hooks.example.test:${port}/x", headers: {}, body: "{}" });
      console.log(JSON.stringify(outcome));
      await sender.close();`;
    const typescript = new URL("../../../../tools/register-typescript.mjs", import.meta.url).href;
    const env = { PATH: process.env.PATH, HTTPS_PROXY: `http://127.0.0.1:${through}`, ...environment };
    const args = ["--import", typescript, "--input-type=module", "--eval", program];
    const { stdout } = await run(process.execPath, args, { env: env as NodeJS.ProcessEnv });
    return JSON.parse(stdout);
  };
  expect(await post({})).toMatchObject({ problem: "failed", code: expect.stringMatching(/CERT|SIGNATURE/) });
  expect(await post({ NODE_EXTRA_CA_CERTS: authority })).toMatchObject({ answer: { code: 200, body: "hello" } });
  expect(asked).toEqual([`hooks.example.test:${port}`, `hooks.example.test:${port}`]);
});
