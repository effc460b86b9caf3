import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newGroup } from "../testing/group.ts";
import { PACKS, publication } from "../testing/pack.ts";
import { newStack, type TestStack } from "../testing/stack.ts";

const ORG = "/api/orgs/acme";

// Clients take these out of a URL before they send it, also when they are percent-encoded: https://url.spec.whatwg.org/#double-dot-path-segment
describe.each(engines.slice(0, 1))("the names . and ..", (engine) => {
  let t: TestApp;
  let stack: TestStack;
  let group: string;
  beforeAll(async () => {
    t = await startApp(engine);
    stack = await newStack(t);
    group = await newGroup(t);
    await t.app.listen({ port: 0, host: "127.0.0.1" });
  });
  afterAll(() => t.close());

  /** Sends the path as it is: `t.send` takes `.` and `..` out of it, as other clients do. */
  const statusOf = async ([route, body]: [string, unknown]) => {
    const [method, path] = route.split(" ");
    const { port } = t.app.server.address() as AddressInfo;
    const headers = { authorization: `token ${t.token}`, "content-type": "application/json" };
    const sent = request({ port, host: "127.0.0.1", method, path, headers }).end(JSON.stringify(body));
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  };
  const places: [string, (name: string) => [string, unknown]][] = [
    ["a stack", (name) => ["POST /api/stacks/acme/web", { stackName: name }]],
    ["a project", (name) => [`POST /api/stacks/acme/${name}`, { stackName: "dev" }]],
    ["a stack's tag", (name) => [`PATCH ${stack.path}/tags`, { [name]: "x" }]],
    ["a new stack's tag", (name) => ["POST /api/stacks/acme/web", { stackName: "tagged", tags: { [name]: "x" } }]],
    ["a renamed stack", (name) => [`POST ${stack.path}/rename`, { newName: name }]],
    ["a renamed project", (name) => [`POST ${stack.path}/rename`, { newProject: name }]],
    ["a pack", (name) => [`POST ${PACKS}`, publication(name, "1.0.0")]],
    ["a version", (name) => [`POST ${PACKS}`, publication("dotted", name)]],
    ["a version in a path", (name) => [`GET ${PACKS}/dotted/versions/${name}`, undefined]],
    ["a group", (name) => [`POST ${ORG}/policygroups`, { name, mode: "preventative" }]],
    ["a renamed group", (name) => [`PATCH ${ORG}/policygroups/${group}`, { newName: name }]],
    ["a team", (name) => [`POST ${ORG}/teams/pulumi`, { name }]],
    ["an organization", (name) => ["POST /api/quillon/orgs", { name }]],
    ["a user", (name) => [`POST ${ORG}/users`, { login: name }]],
  ];

  test.each(places)("the names . and .. are refused for %s", async (_, sent) => {
    for (const name of [".", ".."]) expect(await statusOf(sent(name))).toBe(400);
    expect(await statusOf(sent("fine"))).not.toBe(400);
  });

  test("a name that has dots beside other characters is accepted", async () => {
    for (const name of ["...", ".hidden", "a..b", "v1."]) {
      expect((await t.send("POST /api/stacks/acme/dots", { stackName: name })).status).toBe(200);
      expect((await t.send(`GET /api/stacks/acme/dots/${name}`)).status).toBe(200);
    }
    const refused = await t.send("POST /api/stacks/acme/web", { stackName: ".." });
    expect(refused.body.message).toBe(
      "The request's body stackName is not valid: it must be 1 to 100 letters, digits, -, _ and . (the names . and .. are not accepted).",
    );
  });
});
