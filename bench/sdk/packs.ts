// The packs that the benchmark starts.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryDir } from "../../tools/repository.ts";
import { type Running, start } from "../measure/process.ts";

const RUNNER = "node_modules/@pulumi/pulumi/cmd/run-policy-pack";
const BOOT = "node_modules/@quillon/policy/boot.js";

/** Twenty policies that all apply and all read properties: the most expensive case for a resource. */
const RESOURCE_PACK = (sdk: string) => `
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

const STACK_PACK = (sdk: string) => `
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

/** A pack's folder, and the file in it that starts the pack. */
interface Pack {
  directory: string;
  runner: string;
}

export type Packs = ReturnType<typeof layPacks>;

/** Writes the packs into a temporary folder. */
export function layPacks() {
  const root = mkdtempSync(join(tmpdir(), "quillon-bench-"));
  const lay = (name: string, code: string, runner: string) => layPack(join(root, name), { name, code, runner });
  return {
    bare: lay("bare", PORT_ONLY, "index.js"),
    empty: lay("empty", EMPTY_PACK, "index.js"),
    ours: lay("ours", RESOURCE_PACK("@quillon/policy"), BOOT),
    original: lay("original", RESOURCE_PACK("@pulumi/policy"), RUNNER),
    runnerBare: lay("runner-bare", PORT_ONLY, RUNNER),
    runnerOurs: lay("runner-ours", RESOURCE_PACK("@quillon/policy"), RUNNER),
    stackOurs: lay("stack-ours", STACK_PACK("@quillon/policy"), BOOT),
    stackOriginal: lay("stack-original", STACK_PACK("@pulumi/policy"), RUNNER),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function layPack(directory: string, { name, code, runner }: { name: string; code: string; runner: string }): Pack {
  const modules = join(directory, "node_modules");
  mkdirSync(join(modules, "@pulumi"), { recursive: true });
  mkdirSync(join(modules, "@quillon"), { recursive: true });
  for (const scoped of ["@pulumi/pulumi", "@pulumi/policy"]) {
    symlinkSync(join(repositoryDir, "node_modules", scoped), join(modules, scoped));
  }
  cpSync(join(repositoryDir, "packages/sdk/dist"), join(modules, "@quillon/policy"), { recursive: true });
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
  writeFileSync(join(directory, "index.js"), code);
  return { directory, runner };
}

/** Starts a pack as the engine does. What it prints is its port. */
export function startPack({ directory, runner }: Pack): Promise<Running> {
  return start([runner, "127.0.0.1:1", "."], /^(\d+)\n/, { cwd: directory });
}
