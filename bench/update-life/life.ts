import { Agent, request } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Bodies } from "./bodies.ts";

/** The requests of an update, in the order in which a CLI begins them, and the reading of what it has made. */
export const KINDS = ["create", "start", "events", "journal", "complete", "export"] as const;
export type Kind = (typeof KINDS)[number];
/** How long each request took, in milliseconds. */
export type Times = Record<Kind, number[]>;

export interface Asking {
  url: string;
  token: string;
}

interface Sent {
  body?: Buffer | object;
  as?: string;
}

const RENEWED_EVERY_MS = 60_000;

const agent = new Agent({ keepAlive: true });

/** @throws Error when the reply says that it failed. */
export async function ask(
  { url, token }: Asking,
  route: string,
  { body, as = `token ${token}` }: Sent = {},
): Promise<Buffer> {
  const [method, path] = route.split(" ");
  const bytes = Buffer.isBuffer(body) ? body : body && Buffer.from(JSON.stringify(body));
  const headers = {
    authorization: as,
    "accept-encoding": "gzip",
    "user-agent": "pulumi-cli/1 (v3.274.1; linux)",
    ...(bytes && { "content-type": "application/json", "content-length": bytes.length }),
    ...(Buffer.isBuffer(body) && { "content-encoding": "gzip" }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, headers, agent }, (reply) => {
      const failed = (reply.statusCode ?? 0) >= 300;
      const read = (bytes: Buffer) =>
        failed ? reject(new Error(`${route}: ${reply.statusCode} ${bytes}`)) : resolve(bytes);
      buffer(reply).then(read, reject);
    });
    sent.on("error", reject);
    sent.end(bytes);
  });
}

/** Makes a stack of that name. @returns its path. */
export async function makeStack(asking: Asking, stackName: string): Promise<string> {
  await ask(asking, "POST /api/stacks/acme/web", { body: { stackName } });
  return `/api/stacks/acme/web/${stackName}`;
}

/**
 * Does what a CLI does in an update: it sends the journal in order, and the events by three senders beside it.
 *
 * @param together false: one request after the other. @returns the update's id.
 */
export async function live(
  asking: Asking,
  stack: string,
  { bodies, times, together = true }: { bodies: Bodies; times: Times; together?: boolean },
): Promise<string> {
  const timed = async (kind: Kind, route: string, sent?: Sent) => {
    const from = performance.now();
    const reply = await ask(asking, route, sent);
    times[kind].push(performance.now() - from);
    return reply;
  };
  const json = async (kind: Kind, route: string, body: object) =>
    JSON.parse(String(await timed(kind, route, { body })));
  const { updateID } = await json("create", `POST ${stack}/update`, {
    config: {},
    metadata: { message: "bench", environment: {} },
  });
  const path = `${stack}/update/${updateID}`;
  const { token, journalVersion } = await json("start", `POST ${path}`, { journalVersion: 1 });
  if (journalVersion !== 1) throw new Error("the server takes no journal");
  const as = `update-token ${token}`;
  const renewal = { body: { token: "", duration: 300 }, as };
  const renewing = setInterval(() => void ask(asking, `POST ${path}/renew_lease`, renewal), RENEWED_EVERY_MS);
  const send = async (kind: Kind, route: string, left: Buffer[]) => {
    for (let body = left.shift(); body; body = left.shift()) await timed(kind, route, { body, as });
  };
  const journal = () => send("journal", `PATCH ${path}/journalentries`, [...bodies.journal]);
  const left = [...bodies.events];
  const events = () => send("events", `POST ${path}/events/batch`, left);
  if (together) await Promise.all([journal(), events(), events(), events()]);
  else {
    await events();
    await journal();
  }
  clearInterval(renewing);
  await timed("complete", `POST ${path}/complete`, { body: { status: "succeeded" }, as });
  await timed("export", `GET ${stack}/export`);
  return updateID;
}

export function noTimes(): Times {
  return { create: [], start: [], events: [], journal: [], complete: [], export: [] };
}
