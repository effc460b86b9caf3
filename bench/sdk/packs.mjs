// Lays the packs that the benchmark starts into a temporary folder.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RUNNER = "node_modules/@pulumi/pulumi/cmd/run-policy-pack";
const BOOT = "node_modules/@quillon/policy/boot.js";

/** Twenty policies that all apply and all look: the worst a resource can meet. */
const RESOURCE_PACK = (sdk) => `
const { PolicyPack } = require("${sdk}");
new PolicyPack("bench", {
  enforcementLevel: "mandatory",
  policies: Array.from({ length: 20 }, (_, index) => ({
    name: "policy-" + index,
    description: "Policy number " + index,
    validateResource: (args, reportViolation) => {
      const value = args.props["property" + (index % 18)];
      if (args.props.tags?.owner === undefined || value === "forbidden") reportViolation("Forbidden.");
      for (const rule of args.props.rules) if (rule.port === 22 && rule.cidr === "0.0.0.0/0") reportViolation("Open.");
      if (index === 7) reportViolation("Every resource violates one of them.");
    },
  })),
});`;

const STACK_PACK = (sdk) => `
const { PolicyPack } = require("${sdk}");
new PolicyPack("bench-stack", {
  policies: Array.from({ length: 5 }, (_, index) => ({
    name: "policy-" + index,
    description: "Policy number " + index,
    validateStack: (args, reportViolation) => {
      let prod = 0;
      for (const resource of args.resources) {
        if (resource.props.tags.env === "prod" && resource.dependencies.length > 0) prod++;
      }
      if (prod > index) reportViolation("Too many: " + prod);
    },
  })),
});`;

const EMPTY_PACK = `
const http2 = require("node:http2");
const server = http2.createServer({ settings: { initialWindowSize: 4 << 20 } });
server.on("stream", (stream) => {
  stream.on("data", () => {});
  stream.on("end", () => {
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.alloc(5));
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;

const PORT_ONLY = "console.log(40000); setInterval(() => {}, 1000);";

export function layPacks() {
  const root = mkdtempSync(join(tmpdir(), "quillon-bench-"));
  const lay = (name, code, runner) => {
    const directory = join(root, name);
    mkdirSync(join(directory, "node_modules/@pulumi"), { recursive: true });
    mkdirSync(join(directory, "node_modules/@quillon"), { recursive: true });
    for (const scoped of ["@pulumi/pulumi", "@pulumi/policy"]) {
      symlinkSync(join(ROOT, "node_modules", scoped), join(directory, "node_modules", scoped));
    }
    cpSync(join(ROOT, "packages/sdk/dist"), join(directory, "node_modules/@quillon/policy"), { recursive: true });
    writeFileSync(join(directory, "package.json"), JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
    writeFileSync(join(directory, "index.js"), code);
    return { directory, runner };
  };
  return {
    bare: lay("bare", PORT_ONLY, "index.js"),
    empty: lay("empty", EMPTY_PACK, "index.js"),
    ours: lay("ours", RESOURCE_PACK("@quillon/policy"), BOOT),
    original: lay("original", RESOURCE_PACK("@pulumi/policy"), RUNNER),
    "runner-bare": lay("runner-bare", PORT_ONLY, RUNNER),
    "runner-ours": lay("runner-ours", RESOURCE_PACK("@quillon/policy"), RUNNER),
    "stack-ours": lay("stack-ours", STACK_PACK("@quillon/policy"), BOOT),
    "stack-original": lay("stack-original", STACK_PACK("@pulumi/policy"), RUNNER),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Starts a pack as the engine does, and waits for its port. */
export function start({ directory, runner }) {
  const child = spawn(process.execPath, [runner, "127.0.0.1:1", "."], {
    cwd: directory,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = new Promise((resolve) => child.once("close", resolve));
  const figure = (field) =>
    Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1_000;
  return new Promise((resolve, reject) => {
    void closed.then((code) => reject(new Error(`${directory} ended with ${code}`)));
    createInterface({ input: child.stdout }).once("line", (line) =>
      resolve({
        port: Number(line),
        memory: () => ({ rss: figure("VmRSS"), peak: figure("VmHWM") }),
        stop: () => {
          child.kill("SIGKILL");
          return closed;
        },
      }),
    );
  });
}
