import { setTimeout as wait } from "node:timers/promises";
import { attacks } from "./isolation/attacks.ts";
import { memoryOf, type Running, start } from "./measure/process.ts";
import { TOKEN, withQuillon, withQuillonOnPostgres } from "./measure/quillon.ts";
import { spread } from "./measure/ratios.ts";

const QUIET_MS = 3_000;

export async function main(only: string[]): Promise<void> {
  await withQuillon({}, (server) => measure("embedded database", server, only));
  await withQuillonOnPostgres((server) => measure("PostgreSQL", server, only));
}

async function measure(title: string, server: Running, only: string[]): Promise<void> {
  console.log(`\n${title}: milliseconds (median, p99, max) of /healthz and of creating an update`);
  const observed = await newStack(server.printed);
  print("nothing else", await observe(server, observed, () => wait(QUIET_MS)));
  for (const name of Object.keys(attacks).filter((name) => only.length === 0 || only.includes(name))) {
    const attack = ["tools/run.mjs", "bench/isolation/send.ts", server.printed, TOKEN, name];
    const attacker = await start(attack, /prepared/);
    print(name, await observe(server, observed, () => attacker.stop("SIGUSR2")));
  }
  console.log(`most resident memory of the server: ${(memoryOf(server.pid).peak / 1024 ** 2).toFixed(0)} MiB`);
}

async function newStack(url: string): Promise<string> {
  const path = `${url}/api/stacks/acme/observed`;
  await send(`${path}`, { stackName: "dev" });
  return `${path}/dev/preview`;
}

async function send(url: string, body?: object): Promise<number> {
  const answer = await fetch(url, {
    headers: { authorization: `token ${TOKEN}`, "content-type": "application/json" },
    ...(body && { method: "POST", body: JSON.stringify(body) }),
  });
  await answer.arrayBuffer();
  return answer.status;
}

interface Seen {
  seconds: number;
  health: number[];
  create: number[];
  failed: number;
  mib: number;
}

/** Asks again and again while the work runs, and once at least. */
async function observe(server: Running, createUrl: string, work: () => Promise<unknown>): Promise<Seen> {
  const seen: Seen = { seconds: 0, health: [], create: [], failed: 0, mib: 0 };
  let over = false;
  const ask = async (times: number[], request: () => Promise<number>) => {
    do {
      const started = performance.now();
      if ((await request().catch(() => 0)) !== 200) seen.failed += 1;
      times.push(performance.now() - started);
      seen.mib = Math.max(seen.mib, memoryOf(server.pid).rss / 1024 ** 2);
      await wait(10);
    } while (!over);
  };
  const asking = Promise.all([
    ask(seen.health, () => send(`${server.printed}/healthz`)),
    ask(seen.create, () => send(createUrl, { options: { dryRun: true }, metadata: {} })),
  ]);
  const started = performance.now();
  await work();
  seen.seconds = (performance.now() - started) / 1000;
  over = true;
  await asking;
  return seen;
}

function print(name: string, { seconds, health, create, failed, mib }: Seen): void {
  const show = (times: number[]) => {
    const sorted = times.toSorted((a, b) => a - b);
    const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
    const { median, max } = spread(times);
    return [median, p99, max].map((ms) => ms.toFixed(0).padStart(5)).join(" ");
  };
  console.log(
    `${name.padEnd(44)} healthz ${show(health)}   create ${show(create)}   ${failed} failed of ${health.length + create.length}, ${mib.toFixed(0)} MiB, ${seconds.toFixed(0)} s`,
  );
}
