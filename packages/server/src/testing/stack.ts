import { gzipSync } from "node:zlib";
import { secondsAgo } from "../db/time.ts";
import type { Answer, TestApp } from "./app.ts";

/** What a stack without state exports. */
export const EMPTY_STATE =
  '{"version":3,"deployment":{"manifest":{"time":"0001-01-01T00:00:00Z","magic":"","version":""}}}';

/** A state whose text changes when somebody decodes and encodes it. `extra` is added to its deployment. */
export const stateText = (extra = "") =>
  `{"version":3,"deployment":{"resources":[{"urn":"urn:pulumi:dev::web::a:b:C::n","inputs":{"n":12345678901234567890.1234567890,"s":"\\u003c","1":1e400}}]${extra}}}`;

/** Of four digits, so that names are in the order in which they were made, however many other files have made before. */
let made = 1_000;

/** A stack of `acme`, and the requests that a CLI sends about it. */
export interface TestStack {
  name: string;
  /** `/api/stacks/acme/web/NAME` */
  path: string;
  /** @returns the new update's id. */
  create(kind?: string, dryRun?: boolean, client?: string): Promise<string>;
  start(update: string, tags?: object): Promise<Answer>;
  /** The requests of an update that was started. */
  update(started: { id: string; version: number; token: string }): TestUpdate;
  /** Creates and starts an update. */
  run(kind?: string, dryRun?: boolean): Promise<TestUpdate>;
  /** Makes an exception, or finds an equal one. @returns its id. */
  except(pack: string, policy: string, urn: string, reason: string): Promise<string>;
  /** The newest state, as text. */
  exported(version?: number): Promise<string>;
}

export interface TestUpdate {
  id: string;
  version: number;
  token: string;
  /** Its Authorization header. */
  as: string;
  checkpoint(deployment: object): Promise<Answer>;
  events(events: object[]): Promise<Answer>;
  renew(duration?: number): Promise<Answer>;
  complete(status?: string): Promise<Answer>;
  cancel(): Promise<Answer>;
  /** Makes its lease expire now. */
  expire(): Promise<void>;
}

export async function newStack(t: TestApp, body: object = {}): Promise<TestStack> {
  made += 1;
  const name = `dev${made}`;
  const answer = await t.send("POST /api/stacks/acme/web", { stackName: name, ...body });
  if (answer.status !== 200) throw new Error(`no stack was made: ${answer.body.message}`);
  const path = `/api/stacks/acme/web/${name}`;
  const stack: TestStack = {
    name,
    path,
    async create(kind = "update", dryRun = false, client) {
      const headers = client
        ? { authorization: `token ${t.token}`, "content-type": "application/json", "user-agent": client }
        : undefined;
      const wanted = { options: { dryRun }, metadata: { message: kind } };
      const { body } = await t.send(`POST ${path}/${kind}`, wanted, headers ? { headers } : {});
      return body.updateID;
    },
    start: (update, tags) => t.send(`POST ${path}/update/${update}`, tags ? { tags } : {}),
    async run(kind, dryRun) {
      const id = await stack.create(kind, dryRun);
      const { status, body } = await stack.start(id);
      if (status !== 200) throw new Error(`the update was not started: ${body.message}`);
      return stack.update({ id, ...body });
    },
    async except(policyPack, policy, urn, reason) {
      const match = [{ policies: [policy], targets: [urn] }];
      const answer = await t.send("POST /api/orgs/acme/policy/exceptions", { policyPack, match, reason });
      if (answer.status >= 300) throw new Error(`no exception was made: ${answer.body.message}`);
      return answer.body.id;
    },
    update: (started) => updateOf(t, `${path}/update/${started.id}`, started),
    exported: (version) => readRaw(t, `${path}/export${version === undefined ? "" : `/${version}`}`),
  };
  return stack;
}

function updateOf(t: TestApp, path: string, started: { id: string; version: number; token: string }): TestUpdate {
  const as = `update-token ${started.token}`;
  return {
    ...started,
    as,
    checkpoint: (deployment) => t.send(`PATCH ${path}/checkpoint`, { version: 3, deployment }, { as }),
    events: (events) => t.send(`POST ${path}/events/batch`, { events }, { as }),
    renew: (duration = 300) => t.send(`POST ${path}/renew_lease`, { token: "", duration }, { as }),
    complete: (status = "succeeded") => t.send(`POST ${path}/complete`, { status }, { as }),
    cancel: () => t.send(`POST ${path}/cancel`),
    async expire() {
      await t.db
        .updateTable("updates")
        .set({ lease_expires_at: secondsAgo(1) })
        .where("id", "=", started.id)
        .execute();
    },
  };
}

/** Sends the bytes of `text` gzipped, as the CLI sends state and events. */
export async function sendText(
  t: TestApp,
  request: string,
  text: string | Buffer,
  { as = `token ${t.token}`, packed = gzipSync(text) }: { as?: string; packed?: Buffer } = {},
): Promise<Answer> {
  const headers = { authorization: as, "content-type": "application/json", "content-encoding": "gzip" };
  return t.send(request, undefined, { headers, payload: packed });
}

/** The bytes of an answer to the admin, as text: `t.send` decodes them. */
export async function readRaw(t: TestApp, path: string): Promise<string> {
  return (await t.app.inject({ url: path, headers: { authorization: `token ${t.token}` } })).body;
}
