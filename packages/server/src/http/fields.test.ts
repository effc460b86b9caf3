import { type Route, routes } from "@quillon/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newGroup, newPack } from "../testing/group.ts";
import { PACKS, publication } from "../testing/pack.ts";
import { newStack } from "../testing/stack.ts";

const ORG = "/api/orgs/acme";
const OWN = "/api/quillon/orgs/acme";

/** Routes on which clients send more than a server knows, and which keep or ignore it. */
const LENIENT = [
  "POST /api/orgs/{orgName}/tokens",
  "POST /api/orgs/{orgName}/teams/{teamName}/tokens",
  // What is published of a version is stored and returned whole: newer CLIs describe packs with more fields.
  "POST /api/orgs/{orgName}/policypacks",
];

test("every route on which people edit an organization is strict", () => {
  const edits = Object.entries<Route>(routes).filter(([, { access, body }]) => {
    return body && /^(site:admin|org:policy|org:admin|team:admin)$/.test(access);
  });
  expect(edits.filter(([, { strict }]) => !strict).map(([key]) => key)).toEqual(LENIENT);
  expect(edits.length).toBeGreaterThan(12);
});

describe.each(engines.slice(0, 1))("the fields of a request", (engine) => {
  let t: TestApp;
  let group: string;
  let pack: string;
  beforeAll(async () => {
    t = await startApp(engine);
    group = await newGroup(t);
    pack = await newPack(t);
    await t.send(`POST ${ORG}/teams/pulumi`, { name: "ops" });
    await t.send(`POST ${ORG}/users`, { login: "member" });
    await t.send("POST /api/stacks/acme/w", { stackName: "s" });
  });
  afterAll(() => t.close());

  const entry = { name: "p", version: 1 };
  test.each<[string, unknown, string, string]>([
    [`PATCH ${ORG}/policygroups/GROUP`, { addStacks: [] }, 'body has the unknown field "addStacks"', "addStack"],
    [`PATCH ${ORG}/policygroups/GROUP`, { addPolicyPack: { ...entry, confg: {} } }, '"confg"', "config"],
    [`PATCH ${ORG}/policygroups/GROUP`, { policyPacks: [{ ...entry, tag: "1" }] }, '"tag"', "versionTag"],
    [`PATCH ${ORG}/policygroups/GROUP`, { addStack: { name: "a", project: "w" } }, '"project"', "routingProject"],
    [`PATCH ${ORG}/policygroups/GROUP`, { removeInsightsAccount: { nam: "a" } }, "", ""],
    [`PATCH ${ORG}/policygroups/GROUP/batch`, [{ mode: "audit" }, { newname: "x" }], "body 1 has", "newName"],
    [
      `POST ${ORG}/policygroups`,
      { name: "made", kind: "audit" },
      "Known are name, entityType, mode, agentPoolId, stackMatchRule, accountMatchRule.",
      "",
    ],
    [`PUT ${OWN}/elsewhere`, { backend: "s3://b", project: "w", stack: "s", As: {} }, '"As"', "as"],
    [`POST ${OWN}/elsewhere/policypacks`, { backend: "s3://b", project: "w", stack: "s", programs: {} }, "", "program"],
    [`PUT ${OWN}/stacks/w/s/check`, { packs: [], results: [], leftOut: 0, left: 0 }, '"left"', "leftOut"],
    [`PUT ${OWN}/policygroups/GROUP/selector`, { selector: { all: [], excpt: [] } }, '"excpt"', "except"],
    [`PUT ${OWN}/policygroups/GROUP/policypacks/PACK/follow`, { follow: true, configuration: {} }, "", "config"],
    [`POST ${OWN}/policypacks/PACK/versions/1/config/problems`, { config: {}, level: 1 }, '"level"', ""],
    [`POST ${OWN}/selector/matches`, { selector: { all: [] }, slector: 1 }, '"slector"', "selector"],
    [
      `POST ${OWN}/selector/matches`,
      { selector: { all: [{ tags: "env" }] } },
      'selector.all.0 is not valid: it must be one of {"project": GLOB}, {"stack": GLOB}, {"tag": NAME} and',
      "",
    ],
    [`POST ${ORG}/teams/pulumi`, { name: "made", desc: "x" }, '"desc"', "description"],
    [`PATCH ${ORG}/teams/ops`, { displayName: "x" }, '"displayName"', "newDisplayName"],
    [
      `PATCH ${ORG}/teams/ops`,
      { addStackPermission: { projectName: "web", stackName: "a", permission: 101, permissions: 1 } },
      "body addStackPermission has",
      "permission",
    ],
    [`POST ${ORG}/users`, { login: "another", rol: "admin" }, '"rol"', "role"],
    [`POST ${ORG}/members/member`, { role: "admin", rolle: 1 }, '"rolle"', "role"],
    [`PATCH ${ORG}/members/member`, { fgaRole: "admin" }, '"fgaRole"', "fgaRoleId"],
    ["POST /api/quillon/orgs", { name: "third", title: 1 }, '"title"', ""],
    [`PATCH ${OWN}`, { defaultPermission: "none" }, '"defaultPermission"', "defaultStackPermission"],
  ])("%s with %j is refused, and the message says which field was meant", async (route, body, sentence, meant) => {
    const refused = await t.send(route.replace("GROUP", group).replace("PACK", pack), body);
    expect(refused).toMatchObject({ status: 400, body: { id: "invalid_input" } });
    expect(refused.body.message).toContain(sentence);
    if (meant) expect(refused.body.message).toMatch(new RegExp(`^Nothing was changed: .* Did you mean ${meant}\\?$`));
  });

  test("when no known field is like the unknown one, the message lists all known fields", async () => {
    expect((await t.send(`PATCH ${ORG}/members/member`, { zzz: 1 })).body.message).toBe(
      'Nothing was changed: the request\'s body has the unknown field "zzz". Known are role, fgaRoleId.',
    );
  });

  test("unknown fields are accepted where clients send them: tokens, stacks, updates, what is published", async () => {
    const { path } = await newStack(t);
    const more = { "a field": { of: ["a newer client"] } };
    const sent: [string, object][] = [
      ["POST /api/user/tokens", { description: "d", expires: 0, ...more }],
      [`POST ${ORG}/tokens`, { name: "ci", description: "d", expires: 0, admin: false, ...more }],
      [`POST ${ORG}/teams/ops/tokens`, { name: "ci", description: "d", expires: 0, ...more }],
      ["POST /api/stacks/acme/web", { stackName: "more", ...more }],
      [`POST ${path}/update`, { options: more, ...more }],
      [`POST ${PACKS}`, { ...publication("more"), ...more }],
    ];
    for (const [route, body] of sent) expect(`${route} ${(await t.send(route, body)).status}`).toBe(`${route} 200`);
  });
});
