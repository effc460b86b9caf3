import { setTimeout as pause } from "node:timers/promises";
import { Client } from "./client.ts";
import { type Call, Recorder } from "./history.ts";
import { disable, download, enable, publish, readAll } from "./packs.ts";
import type { Random } from "./random.ts";
import { Stack, type Update } from "./updates.ts";

export interface Work {
  recorder: Recorder;
  /** Lets everybody end what they do, and reads all that they have stored. */
  end(): Promise<{ calls: Call[]; unexpected: string[] }>;
}

interface Servers {
  token: string;
  servers: readonly { url: string }[];
  failures?: number[];
}

const STACKS = 3;

/**
 * Begins to work as an organization does: each stack has somebody who updates it, and somebody else who reads, imports and cancels;
 * two people publish versions of packs, and one enables theirs.
 *
 * @param name of the round: its stacks and packs are its own.
 */
export async function beginWork(name: string, random: Random, to: Servers): Promise<Work> {
  const recorder = new Recorder();
  const clients: Client[] = [];
  const newClient = () => {
    const client = new Client(recorder, random.split(), to);
    clients.push(client);
    return client;
  };
  const reader = newClient();
  const stacks = Array.from({ length: STACKS }, (_, index) => new Stack(`${name}-${index + 1}`));
  for (const stack of stacks) await stack.make(reader);
  const pack = `${name}-pack`;
  const tags: string[] = [];
  const people = [
    ...stacks.flatMap((stack) => [
      repeat(newClient(), (own) => update(stack, own)),
      repeat(newClient(), (own) => disturb(stack, own)),
    ]),
    ...[1, 2].map((major) =>
      repeat(newClient(), (own, turn) => release(own, { pack, tags, tag: `${major}.${turn}.0` }, major === 1)),
    ),
  ];
  return {
    recorder,
    async end() {
      for (const client of clients) client.over = true;
      await Promise.all(people);
      for (const stack of stacks) await stack.readAll(reader);
      await readAll(reader, pack, tags);
      await disable(reader, pack);
      const unexpected = new Set(clients.flatMap((client) => [...client.unexpected]));
      return { calls: recorder.calls, unexpected: [...unexpected] };
    },
  };
}

async function repeat(client: Client, act: (client: Client, turn: number) => Promise<unknown>): Promise<void> {
  for (let turn = 0; !client.over; turn += 1) await act(client, turn);
}

/** One real update, to its end or to where its client is gone. */
async function update(stack: Stack, client: Client): Promise<void> {
  const { random } = client;
  const running = await stack.begin(client);
  if (!running) return stack.cancel(client);
  const isJournal = random.chance(0.4);
  for (let step = random.below(8); step > 0; step -= 1) {
    if (!(await writeStep(running, random, isJournal))) return;
  }
  if (random.chance(0.1)) return;
  await running.complete(random.chance(0.8) ? "succeeded" : "failed");
}

/** @returns false when the update has lost its stack. */
async function writeStep(running: Update, random: Random, isJournal: boolean): Promise<boolean> {
  const outcomes = await Promise.all([
    isJournal ? running.add(1 + random.below(3)) : running.save(random.chance(0.05) ? 400_000 : 0),
    ...(random.chance(0.5) ? [running.events(1 + random.below(3))] : []),
    ...(random.chance(0.2) ? [running.renew()] : []),
  ]);
  return outcomes.every(({ result }) => result === "done");
}

async function disturb(stack: Stack, client: Client): Promise<void> {
  const { random } = client;
  await pause(random.below(60));
  const act = random.next();
  if (act < 0.7) await stack.read(client);
  else if (act < 0.8) await stack.import(client);
  else if (act < 0.9) await stack.cancel(client);
  else await (await stack.begin(client))?.complete();
}

async function release(
  client: Client,
  { pack, tags, tag }: { pack: string; tags: string[]; tag: string },
  enables: boolean,
): Promise<void> {
  await pause(client.random.below(60));
  tags.push(tag);
  const { result } = await publish(client, pack, tag);
  if (enables && result === "done") await enable(client, pack, tag);
  await download(client, pack, client.random.of([tag, ...tags]));
}
