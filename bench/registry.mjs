// Publishing and downloading policy packs of 1, 10 and 100 MB, and 50 clients that fetch one of 10 MB at once, each beside a
// plain static file server in a process of its own; and the memory that the server takes for each size.
// Run: npm run bench -- registry
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { createGzip } from "node:zlib";
import tar from "tar-stream";
import { line, pairs } from "./ratios.mjs";

const root = new URL("..", import.meta.url).pathname;
const MB = 1_000_000;
const SIZES = [1, 10, 100];
const CLIENTS = 50;
const count = Number(process.env.ROUNDS ?? 5);
const token = "bench-token-0123456789abcdef0123456789";

/** Takes files by PUT and gives them by GET; nothing is checked, nothing signed. */
const staticServer = `
  import { createServer } from "node:http";
  import { createReadStream } from "node:fs";
  import { open, stat } from "node:fs/promises";
  import { pipeline } from "node:stream/promises";
  const folder = process.argv[1];
  createServer(async (request, response) => {
    const path = folder + request.url;
    if (request.method === "PUT") {
      const file = await open(path, "w");
      await pipeline(request, file.createWriteStream({ flush: true }));
      response.end("{}");
    } else {
      response.setHeader("content-length", (await stat(path)).size);
      await pipeline(createReadStream(path), response).catch(() => {});
    }
  }).listen(0, "127.0.0.1", function () { console.log("listens on http://127.0.0.1:" + this.address().port); });`;

const folder = await mkdtemp(join(tmpdir(), "quillon-bench-"));
const quillon = await start([
  "packages/cli/dist/quillon.js",
  "server",
  "--data",
  join(folder, "data"),
  "--listen",
  "127.0.0.1:0",
]);
const plain = await start(["--input-type=module", "--eval", staticServer, folder]);
let made = 0;

try {
  const stack = "/api/stacks/acme/bench";
  await call("POST", stack, { stackName: "one" });
  const archives = new Map();
  for (const size of SIZES) archives.set(size, await archiveOf(size * MB));
  for (const size of SIZES) await compare(size, archives.get(size), 1);
  await compare(10, archives.get(10), CLIENTS);
} finally {
  await Promise.all([quillon.stop(), plain.stop()]);
  await rm(folder, { recursive: true, force: true });
}

/** Publishes (for one client) and downloads an archive at both servers in turn, and prints megabytes per second. */
async function compare(size, archive, clients) {
  const megabytes = (archive.length * clients) / MB;
  const memory = watch(quillon.pid);
  if (clients === 1) {
    const figures = await pairs(
      () => rate(megabytes, () => publish(archive)),
      () => rate(megabytes, () => store(archive)),
      { count },
    );
    report(`publish ${size} MB`, figures);
  }
  const url = await locate(await publish(archive));
  const file = await store(archive);
  const fetchAll = (from) => () =>
    rate(megabytes, () => Promise.all(Array.from({ length: clients }, () => download(from, archive.length))));
  report(
    `download ${size} MB, ${clients} client${clients > 1 ? "s" : ""}`,
    await pairs(fetchAll(url), fetchAll(file), { count }),
  );
  const { before, most } = await memory.stop();
  console.log(
    `${"resident memory of Quillon".padEnd(34)} ${before.toFixed(0).padStart(8)} MiB before, ${most.toFixed(0)} at most`,
  );
}

function report(title, figures) {
  console.log(
    line(
      `${title}, Quillon`,
      figures.map(({ a }) => a),
      "MB/s",
    ),
  );
  console.log(
    line(
      `${title}, plain files`,
      figures.map(({ b }) => b),
      "MB/s",
    ),
  );
  console.log(
    line(
      "ratio of each pair",
      figures.map(({ a, b }) => a / b),
      "× ",
      2,
    ),
  );
}

async function rate(megabytes, work) {
  const started = performance.now();
  await work();
  return megabytes / ((performance.now() - started) / 1000);
}

/** From reserve to complete, so the archive is also unpacked and checked. @returns the pack's name. */
async function publish(archive) {
  made += 1;
  const name = `pack-${made}`;
  const policies = [{ name: "p", description: "d", enforcementLevel: "advisory", message: "m" }];
  const { uploadURI } = await call("POST", "/api/orgs/acme/policypacks", {
    name,
    displayName: "",
    versionTag: "1.0.0",
    policies,
  });
  await put(uploadURI, archive);
  await call("POST", `/api/orgs/acme/policypacks/${name}/versions/1.0.0/complete`);
  return name;
}

/** Enables the pack. @returns the URL from which the Pulumi CLI would fetch it. */
async function locate(name) {
  const group = "/api/orgs/acme/policygroups/default-policy-group";
  await call("PATCH", group, { policyPacks: [{ name, versionTag: "1.0.0" }] });
  const { requiredPolicies } = await call("GET", "/api/stacks/acme/bench/one/policypacks");
  return requiredPolicies[0].packLocation;
}

async function store(archive) {
  made += 1;
  const url = `${plain.url}/file-${made}.tgz`;
  await put(url, archive);
  return url;
}

async function put(url, body) {
  const response = await fetch(url, { method: "PUT", body });
  if (!response.ok) throw new Error(`PUT ${url}: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}

async function download(url, size) {
  const response = await fetch(url);
  let bytes = 0;
  for await (const chunk of response.body) bytes += chunk.length;
  if (bytes !== size) throw new Error(`${url} gave ${bytes} bytes, not ${size}`);
}

async function call(method, path, body) {
  const response = await fetch(quillon.url + path, {
    method,
    headers: { authorization: `token ${token}`, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
  return JSON.parse(text);
}

/** A pack of about that many bytes that can't be packed any smaller. */
async function archiveOf(bytes) {
  const pack = tar.pack();
  pack.entry({ name: "package/PulumiPolicy.yaml" }, "runtime: nodejs\n");
  pack.entry({ name: "package/data.bin" }, randomBytes(bytes));
  pack.finalize();
  return buffer(pack.pipe(createGzip({ level: 1 })));
}

/** The process, once it says where it listens. */
function start(args) {
  const env = { ...process.env, QUILLON_BOOTSTRAP_TOKEN: token };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const url = /(http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
      if (!url) return;
      const stop = () => {
        child.kill("SIGTERM");
        return ended;
      };
      resolve({ url, pid: child.pid, stop });
    });
    child.once("exit", (code) => reject(new Error(`a server ended with ${code} before it was ready`)));
  });
}

/** Looks at a process's resident memory, in MiB, twenty times a second until stopped. */
function watch(pid) {
  const read = async () => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
  const seen = [];
  const timer = setInterval(() => read().then((mib) => seen.push(mib)), 50);
  const first = read();
  return {
    async stop() {
      clearInterval(timer);
      return { before: await first, most: Math.max(...seen, await read()) };
    },
  };
}
