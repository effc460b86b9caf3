import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signatureOf } from "../../notify/signature.ts";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { Destination } from "../../testing/destination.ts";
import { newStack } from "../../testing/stack.ts";

const ORG = "/api/orgs/acme/hooks";
const SECRET_PATH = "/services/T0/B0/very-secret";

describe.each(engines)("webhooks on $name", (engine) => {
  let t: TestApp;
  let destination: Destination;
  const log: string[] = [];
  beforeAll(async () => {
    const logTo = { write: (line: string) => void log.push(line) };
    t = await startApp(engine, {}, { logLevel: "trace", logTo });
    destination = await Destination.listen();
  });
  afterAll(async () => {
    await t.close();
    await destination.close();
  });

  const url = () => `${destination.url}${SECRET_PATH}`;
  const masked = () => `${destination.url}/…`;

  test("A webhook is made, read, changed and removed, and answers as Pulumi's", async () => {
    const made = await t.send(`POST ${ORG}`, { payloadUrl: url(), displayName: "Chat", secret: "s3cret-key" });
    const whole = {
      organizationName: "acme",
      name: expect.stringMatching(/^[0-9a-f]{8}$/),
      displayName: "Chat",
      payloadUrl: masked(),
      active: true,
      format: "raw",
      filters: [],
      groups: [],
      hasSecret: true,
      secretCiphertext: "",
    };
    expect(made).toMatchObject({ status: 201 });
    expect(made.body).toEqual(whole);
    const path = `${ORG}/${made.body.name}`;
    expect((await t.send(`GET ${path}`)).body).toEqual(whole);
    const changed = await t.send(`PATCH ${path}`, {
      filters: ["update_failed"],
      groups: ["policies"],
      format: "slack",
    });
    expect(changed.body).toEqual({ ...whole, filters: ["update_failed"], groups: ["policies"], format: "slack" });
    expect((await t.send(`GET ${ORG}`)).body).toContainEqual(changed.body);
    expect((await t.send(`DELETE ${path}`)).status).toBe(204);
    expect(await t.send(`GET ${path}`)).toMatchObject({ status: 404, body: { id: "webhook_not_found" } });
  });

  test("A webhook that is sent back as it was read keeps its URL and secret", async () => {
    const made = await t.send(`POST ${ORG}`, { payloadUrl: url(), secret: "s3cret-key", filters: ["update_failed"] });
    const path = `${ORG}/${made.body.name}`;
    const { filters: _, ...sentBack } = { ...made.body, active: false };
    const changed = await t.send(`PATCH ${path}`, sentBack);
    // The CLI leaves out a list that has become empty.
    expect(changed.body).toEqual({ ...made.body, active: false, filters: [] });
    await t.send(`POST ${path}/ping`);
    const received = destination.received.at(-1);
    expect(received?.path).toBe(SECRET_PATH);
    expect(received?.headers["pulumi-webhook-signature"]).toBe(signatureOf(received?.body ?? "", "s3cret-key"));
    const without = await t.send(`PATCH ${path}`, { secret: "__remove-secret" });
    expect(without.body.hasSecret).toBe(false);
    await t.send(`POST ${path}/ping`);
    expect(destination.received.at(-1)?.headers).not.toHaveProperty("pulumi-webhook-signature");
  });

  test("A test message is answered with what came back, and is listed and sent again", async () => {
    const { path } = await newStack(t);
    const made = await t.send(`POST ${path}/hooks`, { name: "mine", payloadUrl: url() });
    expect(made.body).toMatchObject({ projectName: "web", stackName: path.split("/").at(-1) });
    destination.answer = (_, response) => response.writeHead(418, { "x-tea": "pot" }).end(`no ${url()}`);
    const ping = await t.send(`POST ${path}/hooks/mine/ping`);
    destination.answer = (_, response) => response.end("ok");
    expect(ping.body).toMatchObject({
      kind: "ping",
      requestUrl: masked(),
      responseCode: 418,
      responseBody: "no …",
      responseHeaders: expect.stringContaining("x-tea: pot"),
    });
    expect(JSON.parse(ping.body.payload)).toMatchObject({ webhookName: "mine", projectName: "web" });
    expect((await t.send(`GET ${path}/hooks/mine/deliveries`)).body).toEqual([ping.body]);
    const again = await t.send(`POST ${path}/hooks/mine/deliveries/${ping.body.id}/redeliver`);
    expect(again.body).toMatchObject({ id: ping.body.id, payload: ping.body.payload, responseCode: 200 });
    const [first, second] = destination.received.slice(-2);
    expect(second?.body).toBe(first?.body);
    expect(second?.headers["pulumi-webhook-id"]).toBe(ping.body.id);
  });

  test("A % in a URL that stands for nothing is sent as it is", async () => {
    const payloadUrl = url().replace("http://", "http://%zz:100%@");
    const path = `${ORG}/${(await t.send(`POST ${ORG}`, { payloadUrl })).body.name}`;
    expect(await t.send(`POST ${path}/ping`)).toMatchObject({ status: 200, body: { responseCode: 200 } });
    const login = Buffer.from("%zz:100%").toString("base64");
    expect(destination.received.at(-1)?.headers.authorization).toBe(`Basic ${login}`);
    const shortened = await t.send(`PATCH ${path}`, { payloadUrl: "https://example.com/%zz/…" });
    expect(shortened.body.message).toContain("Send it whole");
  });

  test.each<[string, object, number, string]>([
    ["an unknown field", { payload: "x" }, 400, 'unknown field "payload"'],
    ["an unknown filter", { filters: ["deployment_queued"] }, 400, "Known are stack_created"],
    ["an unknown group", { groups: ["deployments"] }, 400, "Known are stacks, policies"],
    ["an unknown format", { format: "pulumi_deployments" }, 400, "Known are raw, slack, ms_teams"],
    ["no URL", { payloadUrl: "" }, 400, "needs a URL"],
    ["another scheme", { payloadUrl: "file:///etc/passwd" }, 400, "does not begin with https://"],
    ["a shortened URL", { payloadUrl: "https://hooks.slack.com/…" }, 400, "Send it whole"],
    ["an inward address", { payloadUrl: "http://169.254.169.254/x" }, 400, "QUILLON_WEBHOOK_ALLOW"],
    ["an inward address in IPv6", { payloadUrl: "http://[::ffff:10.0.0.1]/x" }, 400, "QUILLON_WEBHOOK_ALLOW"],
    ["another organization", { organizationName: "globex" }, 400, "organizationName"],
    ["an environment", { envName: "prod" }, 400, "ESC environments"],
  ])("A webhook with %s is refused, and nothing is made", async (_, body, status, sentence) => {
    const before = (await t.send(`GET ${ORG}`)).body.length;
    const answer = await t.send(`POST ${ORG}`, { payloadUrl: url(), ...body });
    expect(answer.status).toBe(status);
    expect(answer.body.message).toContain(sentence);
    expect((await t.send(`GET ${ORG}`)).body).toHaveLength(before);
  });

  test("A name is used once for each owner, and can't be changed", async () => {
    const { path } = await newStack(t);
    const body = { name: "same", payloadUrl: url() };
    for (const owner of [ORG, `${path}/hooks`]) {
      expect(await t.send(`POST ${owner}`, body)).toMatchObject({ status: 201 });
      expect(await t.send(`POST ${owner}`, body)).toMatchObject({ status: 409, body: { id: "webhook_exists" } });
      expect(await t.send(`PATCH ${owner}/same`, { name: "other" })).toMatchObject({ status: 400 });
    }
    const refused = await t.send(`POST ${path}/hooks`, { payloadUrl: url(), filters: ["stack_created"] });
    expect(refused.body.message).toContain("only for webhooks of an organization");
  });

  test("An owner has 50 at most, however many are made at the same time", async () => {
    const { path } = await newStack(t);
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => t.send(`POST ${path}/hooks`, { payloadUrl: url() })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(50);
    expect((await t.send(`GET ${path}/hooks`)).body).toHaveLength(50);
  });

  test("Neither the URL nor the secret is in an answer, the audit log, the log or the database", async () => {
    const made = await t.send(`POST ${ORG}`, { payloadUrl: url(), secret: "s3cret-key" });
    const path = `${ORG}/${made.body.name}`;
    const answers = [
      made,
      await t.send(`PATCH ${path}`, { payloadUrl: `${url()}2`, secret: "s3cret-key2" }),
      await t.send(`POST ${path}/ping`),
      await t.send(`GET ${path}/deliveries`),
      await t.send(`GET ${ORG}`),
      await t.send(`DELETE ${path}`),
      await t.send("GET /api/orgs/acme/auditlogs/v2"),
    ];
    const rows = await Promise.all(
      (["webhooks", "webhook_deliveries", "audit_log"] as const).map((table) =>
        t.db.selectFrom(table).selectAll().execute(),
      ),
    );
    const all = JSON.stringify([answers.map(({ body }) => body), rows, log]);
    expect(all).toContain("Webhook Updated");
    for (const secret of ["very-secret", "s3cret-key"]) expect(all).not.toContain(secret);
  });
});
