// npm run bench -- up: what storing state costs a developer. Times `pulumi up` and `pulumi destroy` of programs with 200 and 1,000 dynamic
// resources: with the state in Quillon, sent as a journal and as whole states, and with the state in files, which is the CLI's own.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { program } from "../e2e/harness/sources.ts";
import type { Terminal } from "../e2e/harness/terminal.ts";
import { openWorld } from "../e2e/harness/world.ts";
import { median, printLine, time } from "./measure/ratios.ts";

const rounds = Number(process.env.ROUNDS ?? 2);
const sizes = [200, 1_000];

export async function main(): Promise<void> {
  const world = await openWorld();
  try {
    const files = join(world.dir, "files");
    mkdirSync(files);
    const dir = program(world, "many", source);
    const admin = world.admin.in(dir);
    const backends = {
      "a journal": { stack: "acme/journal", shell: admin.with({ PULUMI_ENABLE_JOURNALING: "true" }) },
      "whole states": { stack: "acme/whole", shell: admin },
      files: {
        stack: "organization/many/files",
        shell: admin.with({ PULUMI_BACKEND_URL: `file://${files}`, PULUMI_CONFIG_PASSPHRASE: "correct horse" }),
      },
    };
    for (const { stack, shell } of Object.values(backends)) await shell.ok(`pulumi stack init ${stack}`);
    await compare(backends);
  } finally {
    await world.close();
  }
}

interface Backend {
  stack: string;
  shell: Terminal;
}

const commands = ["up", "destroy"] as const;
/** Milliseconds of each round, by backend, command and size. */
type Figures = Map<string, number[]>;

const keyOf = (backend: string, command: string, size: number) => `${command} of ${size}, ${backend}`;

async function compare(backends: Record<string, Backend>): Promise<void> {
  for (const backend of Object.values(backends)) for (const command of commands) await run(backend, command, 5);
  const figures: Figures = new Map();
  for (const size of sizes)
    for (let round = 0; round < rounds; round += 1)
      for (const [name, backend] of Object.entries(backends))
        for (const command of commands) {
          const ms = await time(() => run(backend, command, size));
          const key = keyOf(name, command, size);
          figures.set(key, [...(figures.get(key) ?? []), ms]);
        }
  for (const name of Object.keys(backends)) for (const command of commands) print(figures, name, command);
}

function run({ stack, shell }: Backend, command: string, size: number): Promise<string> {
  return shell
    .with({ COUNT: String(size) })
    .ok(`pulumi ${command} --stack ${stack} --yes --skip-preview --suppress-outputs`);
}

function print(figures: Figures, name: string, command: string): void {
  const of = (backend: string, size: number) => figures.get(keyOf(backend, command, size)) ?? [];
  for (const size of sizes) {
    printLine(keyOf(name, command, size), of(name, size), "ms");
    const ratios = of(name, size).map((ms, round) => ms / (of("files", size)[round] ?? Number.NaN));
    if (name !== "files") printLine("  ÷ files, of each round", ratios, "× ", 2);
  }
  const [few = 0, many = few] = sizes;
  console.log(`  ${many} take ${(median(of(name, many)) / median(of(name, few))).toFixed(2)} × as long as ${few}`);
}

/** Each resource has about a kilobyte of properties. */
const source = `
const provider = {
  create: async (inputs) => ({ id: inputs.name, outs: inputs }),
  delete: async () => {},
};
class Thing extends pulumi.dynamic.Resource {
  constructor(name) {
    super(provider, name, { name, text: "x".repeat(1000) });
  }
}
for (let i = 0; i < Number(process.env.COUNT); i += 1) new Thing("thing-" + i);
`;
