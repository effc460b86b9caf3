import { text } from "node:stream/consumers";
import { errorIds, type Route, type RouteKey, routes } from "@quillon/contract";
import { Ajv, type ValidateFunction } from "ajv";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engines } from "../testing/database.ts";
import { plainRequest, requestsTo, type Sent } from "../testing/fuzz/requests.ts";
import { World } from "../testing/fuzz/world.ts";

// QUILLON_FUZZ_RUNS and _SEED set how many requests are sent to each route on each database, and which ones: in CI always the
// same, so that a change is judged by what it changed; elsewhere other ones each time.
const RUNS = Number(process.env.QUILLON_FUZZ_RUNS ?? 6);
const SEED = Number(process.env.QUILLON_FUZZ_SEED ?? (process.env.CI ? 1 : Date.now() % 2 ** 31));

const ajv = new Ajv({ strict: false, formats: { "date-time": true, binary: true } });

describe.each(engines)(`random requests on $name (seed ${SEED})`, (engine) => {
  let world: World;
  beforeAll(async () => {
    world = await World.on(engine);
  });
  afterAll(() => world?.t.close());

  const keys = Object.keys(routes) as RouteKey[];
  test.each(keys)("%s is never a 5xx, and a reply is as the contract says", { timeout: 3_600_000 }, async (key) => {
    const plain = plainRequest(key);
    const statuses: Record<number, number> = {};
    const check = async (sent: Sent) => {
      const { status, json } = await send(world, key, sent);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status >= 400 && sent === plain) expect(json, "the plain request is accepted").toEqual({});
      expect(status, `${world.log.join("")} ${JSON.stringify(json)}`).toBeLessThan(500);
      if (status >= 400) expectError(key, status, json);
      else if (json !== undefined) expectReply(key, json);
      if (status < 400 && !key.startsWith("GET ")) await world.mend();
      expect(world.log.splice(0)).toEqual([]);
    };
    await check(plain);
    await fc.assert(fc.asyncProperty(requestsTo(key), check), { numRuns: RUNS, seed: SEED + keys.indexOf(key) });
    expect((await world.t.send("GET /healthz")).status).toBe(200);
    if (process.env.QUILLON_FUZZ_RUNS) console.log(engine.name, key, JSON.stringify(statuses));
  });
});

/** The answer, and its text where that is not JSON. */
async function send(world: World, key: RouteKey, sent: Sent) {
  const [method = "", path = ""] = key.split(" ");
  const at = path.replace(/\{(\w+)\}/g, (_, name) => encoded(world.fill(sent.params[name] ?? "")));
  const asked = Object.entries(sent.query).map(
    ([name, value]) => `${encoded(name)}=${encoded(world.fill(textOf(value)))}`,
  );
  const body = world.fill(sent.body);
  const isUpload = (routes[key] as Route).raw === "stream";
  const goesOn = key.endsWith("/changes");
  const response = await world.t.app.inject({
    method: method as "GET",
    url: asked.length > 0 ? `${at}?${asked.join("&")}` : at,
    headers: {
      ...world.headersOf(sent.by),
      ...(body && !isUpload && { "content-type": "application/json" }),
      ...sent.headers,
    },
    ...(body && { payload: body }),
    ...(goesOn && { payloadAsStream: true }),
  });
  if (goesOn) {
    const answer = response.statusCode === 200 ? undefined : JSON.parse(await text(response.stream()));
    response.raw.res.destroy();
    return { status: response.statusCode, json: answer };
  }
  const isJson = String(response.headers["content-type"]).startsWith("application/json");
  const readable = isJson && response.body !== "" && response.headers["content-encoding"] === undefined;
  return { status: response.statusCode, json: readable ? response.json() : undefined };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Half of a surrogate pair is in no URL, so its bytes are sent as they would be in a careless client's. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, "\ufffd")).replaceAll("%EF%BF%BD", "%ED%A0%80");
}

function expectError(key: RouteKey, status: number, json: unknown): void {
  if (key.startsWith("HEAD ")) return;
  const known = errorIds.filter((one) => one.status === status).map(({ id }) => id);
  expect(json).toEqual(
    expect.objectContaining({ code: status, message: expect.stringMatching(/./), id: expect.any(String) }),
  );
  expect(known).toContain((json as { id: unknown }).id);
}

const replies = new Map<RouteKey, ValidateFunction>();

function expectReply(key: RouteKey, json: unknown): void {
  const { reply }: Route = routes[key];
  const check = replies.get(key) ?? ajv.compile(reply);
  replies.set(key, check);
  expect(check(json), `${JSON.stringify(json).slice(0, 500)} ${ajv.errorsText(check.errors)}`).toBe(true);
}
