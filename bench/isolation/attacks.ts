import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { constants, gzipSync } from "node:zlib";
import { archiveOf, type startQuillonClient } from "../measure/client.ts";
import { requirePack } from "../measure/quillon.ts";

const MB = 1_000_000;
type Client = ReturnType<typeof startQuillonClient>;
type Attack = (client: Client) => Promise<() => Promise<unknown>>;

const objects = (bytes: number) => `[${"{},".repeat(bytes / 3)}{}]`;
const fast = { level: constants.Z_BEST_SPEED };

/** A state of about that many bytes, as programs make them. */
function honestState(bytes: number): Buffer {
  const resource = (index: number) => ({
    urn: `urn:pulumi:dev::web::aws:s3/bucket:Bucket::bucket-${index}`,
    custom: true,
    type: "aws:s3/bucket:Bucket",
    inputs: { tags: { index, name: `bucket-${index}` }, rules: [1, 2, { deep: true }] },
    outputs: { arn: `arn:aws:s3:::bucket-${index}`, text: "x".repeat(600) },
  });
  const size = JSON.stringify(resource(100_000)).length + 1;
  const resources = Array.from({ length: Math.ceil(bytes / size) }, (_, index) => resource(index));
  return Buffer.from(JSON.stringify({ version: 3, deployment: { resources } }));
}

const POLICIES = Array.from({ length: 100 }, (_, index) => `policy-${index}`);

/** What a CLI says of a resource that violates all of these policies. */
function violationsOf(resource: number, from: number): object[] {
  const pack = { policyPackName: "pets", policyPackVersion: "1.0.0", policyPackVersionTag: "1.0.0" };
  const resourceUrn = `urn:pulumi:dev::web::aws:s3/bucket:Bucket::bucket-${resource}`;
  const message = "The bucket must be as the policy says, and this sentence is as long as such messages are.";
  const violations = POLICIES.map((policyName) => ({
    policyEvent: { ...pack, policyName, resourceUrn, enforcementLevel: "advisory", severity: "low", message },
  }));
  return [
    ...violations,
    { policyAnalyzeSummaryEvent: { ...pack, resourceUrn, passed: [], failed: POLICIES } },
    { resOutputsEvent: { metadata: { op: "create", urn: resourceUrn } } },
  ].map((event, index) => ({ sequence: from + index, timestamp: 0, ...event }));
}

/** What `npm run bench -- isolation` sends. Each is prepared first. */
export const attacks: Readonly<Record<string, Attack>> = {
  "import of 25 MB of {} in 26 KB": async (client) => {
    const stack = await client.newStack();
    const body = gzipSync(objects(25 * MB));
    return () => client.send("POST", `${stack}/import`, body, true);
  },
  "import of 160 MB of {} in 160 KB": async (client) => {
    const stack = await client.newStack();
    const body = gzipSync(`{"version":3,"deployment":{"x":${objects(160 * MB)}}}`);
    return () => client.send("POST", `${stack}/import`, body, true);
  },
  "secrets of 25 MB of {}": async (client) => {
    const stack = await client.newStack();
    const body = gzipSync(`{"plaintexts":${objects(25 * MB)}}`);
    return () => client.send("POST", `${stack}/batch-encrypt`, body, true);
  },
  "30 MB of secrets": async (client) => {
    const stack = await client.newStack();
    const plaintexts = Array.from({ length: 1000 }, () => randomBytes(22_000).toString("base64"));
    const body = gzipSync(JSON.stringify({ plaintexts }), fast);
    return () => client.send("POST", `${stack}/batch-encrypt`, body, true);
  },
  "events of 150 MB of {}": async (client) => {
    const update = await client.newUpdate(await client.newStack());
    const body = gzipSync(`{"events":${objects(150 * MB)}}`);
    return () => update("POST", "events/batch", body, true);
  },
  "an event of 100 MB": async (client) => {
    const update = await client.newUpdate(await client.newStack());
    const body = gzipSync(`{"events":[{"sequence":0,"timestamp":0,"text":"${"x".repeat(100 * MB)}"}]}`, fast);
    return () => update("POST", "events/batch", body, true);
  },
  "200 events with a list of 860 KB each": async (client) => {
    const update = await client.newUpdate(await client.newStack());
    const passed = Array.from({ length: 9_000 }, (_, index) => `policy-${index}`.padEnd(92, "x"));
    const summary = { resourceUrn: "u", policyPackName: "p", passed, failed: [] };
    const events = Array.from({ length: 200 }, (_, sequence) => ({
      sequence,
      timestamp: 0,
      policyAnalyzeSummaryEvent: summary,
    }));
    const body = gzipSync(JSON.stringify({ events }), fast);
    return () => update("POST", "events/batch", body, true);
  },
  "an import of 200 MB": async (client) => {
    const stack = await client.newStack();
    const body = gzipSync(honestState(200 * MB), fast);
    return () => client.send("POST", `${stack}/import`, body, true);
  },
  "four imports of 200 MB at once": async (client) => {
    const body = gzipSync(honestState(200 * MB), fast);
    const stacks = await Promise.all([1, 2, 3, 4].map(() => client.newStack()));
    return () => Promise.all(stacks.map((stack) => client.send("POST", `${stack}/import`, body, true)));
  },
  "a rename of a state of 200 MB": async (client) => {
    const stack = await client.newStack();
    await client.send("POST", `${stack}/import`, gzipSync(honestState(200 * MB), fast), true);
    const body = Buffer.from(JSON.stringify({ newName: "renamed" }));
    return () => client.send("POST", `${stack}/rename`, body);
  },
  "an export of 200 MB without gzip": async (client) => {
    const stack = await client.newStack();
    await client.send("POST", `${stack}/import`, gzipSync(honestState(200 * MB), fast), true);
    return () => client.send("GET", `${stack}/export`);
  },
  "a checkpoint of 20 MB of random text": async (client) => {
    const update = await client.newUpdate(await client.newStack());
    const text = randomBytes(15 * MB).toString("base64");
    const body = Buffer.from(JSON.stringify({ version: 3, deployment: { resources: [{ text }] } }));
    return () => update("PATCH", "checkpoint", body);
  },
  "an upload of 250 MB": async (client) => {
    const archive = await archiveOf(250 * MB);
    const url = await client.newUpload();
    return () => client.put(url, archive);
  },
  "a history of 200 MB": async (client) => {
    const stack = await client.newStack();
    const config = { "web:text": { string: "x".repeat(950_000) } };
    for (let count = 0; count < 210; count += 1) {
      const update = await client.newUpdate(stack, config);
      await update("POST", "complete", Buffer.from('{"status":"succeeded"}'));
    }
    return () => client.send("GET", `${stack}/updates`);
  },
  "a page of 100 MB of events": async (client) => {
    const stack = await client.newStack();
    const update = await client.newUpdate(stack);
    for (let sequence = 0; sequence < 100; sequence += 1) {
      const event = { sequence, timestamp: 0, text: "x".repeat(MB) };
      await update("POST", "events/batch", Buffer.from(JSON.stringify({ events: [event] })));
    }
    return () => update("GET", "events");
  },
  "100 bodies that come byte by byte": async (client) => {
    const head = [
      "POST /api/orgs/acme/users HTTP/1.1",
      "host: x",
      `authorization: token ${client.token}`,
      "content-type: application/json",
      "content-length: 1000000",
    ];
    const { hostname, port } = new URL(client.url);
    const sockets = Array.from({ length: 100 }, () => connect(Number(port), hostname).on("error", () => {}));
    return async () => {
      for (const socket of sockets) socket.write(`${head.join("\r\n")}\r\n\r\n`);
      for (let second = 0; second < 5; second += 1) {
        for (const socket of sockets) socket.write(" ");
        await wait(1_000);
      }
      for (const socket of sockets) socket.destroy();
    };
  },
  // The last one, because all stacks run its pack from then on.
  "a million violations in one update": async (client) => {
    await requirePack(
      client,
      POLICIES.map((name) => ({ name })),
    );
    const update = await client.newUpdate(await client.newStack());
    const RESOURCES = 10_000;
    const TOGETHER = 10;
    const sent = async (path: string, body: object) => {
      const { status, text } = await update("POST", path, gzipSync(JSON.stringify(body), fast), true);
      if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
    };
    return async () => {
      for (let first = 0; first < RESOURCES; first += TOGETHER) {
        const events = Array.from({ length: TOGETHER }, (_, n) =>
          violationsOf(first + n, (first + n) * (POLICIES.length + 2)),
        ).flat();
        await sent("events/batch", { events });
        // As the CLI does, so that the lease does not end.
        if (first % 1_000 === 0) await sent("renew_lease", { duration: 300 });
      }
      // The client's patience may end before the findings are there. The server goes on by itself.
      await sent("complete", { status: "succeeded" }).catch((error) => {
        if (error.message !== "fetch failed") throw error;
      });
      const values = "/api/orgs/acme/policyresults/issues/filters";
      for (let count = 0; count < RESOURCES * POLICIES.length; await wait(1_000))
        count = (await client.json("POST", values, { field: "severity" })).values[0]?.count ?? 0;
    };
  },
};
