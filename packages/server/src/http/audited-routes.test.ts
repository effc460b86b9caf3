import { type AuditEventName, auditEvents, type RouteKey, routes } from "@quillon/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KEEPING_STACKS, startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { edit, followPack, GROUPS, newGroup, newPack, OWN_GROUPS } from "../testing/group.ts";
import { PACKS } from "../testing/pack.ts";
import { makeToken, person, team } from "../testing/people.ts";
import { newStack } from "../testing/stack.ts";

type Audited = [AuditEventName[], (t: TestApp) => Promise<unknown>];

const HISTORY = "it belongs to an update, whose start is recorded, and the stack's history has it";
const CREATED = "nothing happens before the update is started, and one that never is is deleted";
const READS = "it changes nothing and shows nothing secret";

/** Routes that leave no event, and why. */
const silent: Partial<Record<RouteKey, string>> = {
  "POST /api/orgs/{orgName}/policypacks": "it only reserves a version, and publishing it is recorded",
  "PUT /api/policypacks/uploads/{reservation}": "nobody can use an archive before its version is published",
  "PUT /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/sources":
    "nobody can use them before their version is published",
  "POST /api/quillon/session/proxy": "here nobody is a trusted proxy; with one the event is that of a sign-in",
  "POST /api/quillon/orgs/{orgName}/selector/matches": READS,
  "POST /api/quillon/orgs/{orgName}/elsewhere/policypacks": READS,
  "POST /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/config/problems": READS,
  "POST /api/orgs/{orgName}/policygroups/accountmatchrule/preview": READS,
  "POST /api/orgs/{orgName}/policygroups/stackmatchrule/preview": READS,
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/encrypt": READS,
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/batch-encrypt": READS,
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update": CREATED,
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/preview": CREATED,
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/refresh": CREATED,
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/destroy": CREATED,
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/renew_lease": HISTORY,
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/checkpoint": HISTORY,
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/checkpointverbatim": HISTORY,
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/checkpointdelta": HISTORY,
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/journalentries": HISTORY,
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/events/batch": HISTORY,
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/complete": HISTORY,
};

const ISSUES = [
  "POST /api/orgs/{orgName}/policyresults/compliance",
  "POST /api/orgs/{orgName}/policyresults/policies",
  "POST /api/orgs/{orgName}/policy/findings/compliance",
  "POST /api/orgs/{orgName}/policy/findings/policies",
  "POST /api/orgs/{orgName}/policyresults/issues",
  "POST /api/orgs/{orgName}/policyresults/issues/export",
  "POST /api/orgs/{orgName}/policyresults/issues/filters",
  "POST /api/orgs/{orgName}/policy/findings",
  "POST /api/orgs/{orgName}/policy/findings/export",
  "POST /api/orgs/{orgName}/policy/findings/filters",
] as const;
for (const route of ISSUES) silent[route] = READS;

const ORG = "/api/orgs/acme";
const OWN = "/api/quillon/orgs/acme";
let made = 0;
const fresh = (prefix: string) => {
  made += 1;
  return `${prefix}${made}`;
};

async function member(t: TestApp): Promise<string> {
  const login = fresh("person");
  await person(t, login);
  return login;
}

async function ciphertext(t: TestApp, path: string): Promise<string> {
  return (await t.send(`POST ${path}/encrypt`, { plaintext: "cw==" })).body.ciphertext;
}

/** @returns the id of a policy issue of a new stack. */
async function issue(t: TestApp): Promise<string> {
  const { body } = await t.send(`GET ${(await newStack(t)).path}`);
  const { rows } = await sql<{ id: string }>`
    insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message,
      first_seen_at, first_seen_tag, last_seen_at, modified_at)
    select organization_id, id, 'p', 'q', 'u', sha256('u'), '1', 'advisory', '', '', now(), '1', now(), now()
    from stacks where id = ${body.id} returning id`.execute(t.db);
  return rows[0]?.id ?? "";
}

/** @returns the id of a policy exception. */
async function exception(t: TestApp): Promise<string> {
  const match = [{ policies: ["no-public-bucket"], targets: ["urn:pulumi:dev::web::a:b:C::n"] }];
  const wish = { policyPack: await newPack(t), match, reason: "It is empty." };
  return (await t.send(`POST ${ORG}/policy/exceptions`, wish)).body.id;
}

const NO_RULE = { approval: false, longestHours: null, endRequired: false, forbiddenFrom: null };

/** @returns the path of a change request of a manager, in the organization that wants approval. */
async function request(t: TestApp, status: "draft" | "pending" | "ready"): Promise<string> {
  await t.send("PUT /api/quillon/orgs/acme/exception-rule", { ...NO_RULE, approval: true });
  const match = [{ policies: ["no-public-bucket"], targets: ["urn:pulumi:dev::web::a:b:C::n"] }];
  const wish = { policyPack: await newPack(t), match, reason: "It is empty." };
  const as = await person(t, fresh("person"), "policy-manager");
  const { body } = await t.send(`POST ${ORG}/policy/exceptions/drafts`, wish, { as });
  const path = `/api/change-requests/acme/${body.changeRequestId}`;
  if (status !== "draft") await t.send(`POST ${path}/submit`, {});
  if (status === "ready") await t.send(`POST ${path}/approve`, { revisionNumber: 1 });
  await t.send("PUT /api/quillon/orgs/acme/exception-rule", NO_RULE);
  return path;
}

const audited: Partial<Record<RouteKey, Audited>> = {
  "POST /api/user/tokens": [["Access Token Created"], (t) => makeToken(t, "/api/user", { description: "mine" })],
  "DELETE /api/user/tokens/{tokenId}": [
    ["Access Token Revoked"],
    async (t) => t.send(`DELETE /api/user/tokens/${(await makeToken(t, "/api/user", { description: "mine" })).id}`),
  ],
  "POST /api/quillon/session": [["Console Sign-in"], (t) => t.send("POST /api/quillon/session")],
  "DELETE /api/quillon/session": [
    ["Console Sign-out"],
    async (t) => {
      const { headers } = await t.send("POST /api/quillon/session");
      const [cookie = ""] = String(headers["set-cookie"]).split(";");
      const origin = "http://quillon.example";
      return t.app.inject({
        method: "DELETE",
        url: "/api/quillon/session",
        headers: { cookie, host: "quillon.example", origin },
      });
    },
  ],
  "POST /api/orgs/{orgName}/policy/exceptions": [["Policy Exception Created"], exception],
  "DELETE /api/orgs/{orgName}/policy/exceptions/{exceptionId}": [
    ["Policy Exception Removed"],
    async (t) => t.send(`DELETE ${ORG}/policy/exceptions/${await exception(t)}`),
  ],
  "PUT /api/quillon/orgs/{orgName}/exception-rule": [
    ["Exception Rule Changed"],
    async (t) => {
      await t.send("PUT /api/quillon/orgs/acme/exception-rule", { ...NO_RULE, longestHours: 8000 });
    },
  ],
  "PUT /api/quillon/orgs/{orgName}/finding-rule": [
    ["Finding Rule Changed"],
    (t) =>
      t.send("PUT /api/quillon/orgs/acme/finding-rule", {
        overdueAfterDays: { critical: 1, high: 2, medium: 3, low: null },
      }),
  ],
  "POST /api/orgs/{orgName}/policy/exceptions/drafts": [["Policy Exception Requested"], (t) => request(t, "draft")],
  "POST /api/change-requests/{orgName}/{changeRequestId}/submit": [
    ["Policy Exception Request Submitted"],
    async (t) => t.send(`POST ${await request(t, "draft")}/submit`, {}),
  ],
  "POST /api/change-requests/{orgName}/{changeRequestId}/approve": [
    ["Policy Exception Request Approved"],
    (t) => request(t, "ready"),
  ],
  "DELETE /api/change-requests/{orgName}/{changeRequestId}/approve": [
    ["Policy Exception Approval Withdrawn"],
    async (t) => t.send(`DELETE ${await request(t, "ready")}/approve`),
  ],
  "POST /api/change-requests/{orgName}/{changeRequestId}/apply": [
    ["Policy Exception Created"],
    async (t) => t.send(`POST ${await request(t, "ready")}/apply`),
  ],
  "POST /api/change-requests/{orgName}/{changeRequestId}/close": [
    ["Policy Exception Request Closed"],
    async (t) => t.send(`POST ${await request(t, "draft")}/close`, { comment: "No." }),
  ],
  "POST /api/change-requests/{orgName}/{changeRequestId}/comments": [
    ["Policy Exception Request Commented"],
    async (t) => t.send(`POST ${await request(t, "draft")}/comments`, { comment: "Until when?" }),
  ],
  "PUT /api/quillon/orgs/{orgName}/receipt-rule": [
    ["Receipt Rule Changed"],
    (t) => t.send("PUT /api/quillon/orgs/acme/receipt-rule", { required: true }),
  ],
  "POST /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/receipt-state/lift": [
    ["Receipt Stop Lifted"],
    async (t) => {
      const name = (await newStack(t)).path.split("/").at(-1);
      return t.send(`POST /api/quillon/orgs/acme/stacks/web/${name}/receipt-state/lift`, { reason: "It is urgent." });
    },
  ],
  "PATCH /api/quillon/orgs/{orgName}": [
    ["Organization Updated"],
    (t) => t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "read" }),
  ],
  "POST /api/orgs/{orgName}/users": [
    ["User Created", "Member Added", "Access Token Created"],
    (t) => t.send(`POST ${ORG}/users`, { login: fresh("person") }),
  ],
  "POST /api/orgs/{orgName}/members/{userLogin}": [
    ["Member Added"],
    async (t) => {
      const login = await member(t);
      await t.send(`DELETE ${ORG}/members/${login}`);
      return t.send(`POST ${ORG}/members/${login}`, { role: "member" });
    },
  ],
  "PATCH /api/orgs/{orgName}/members/{userLogin}": [
    ["Member Role Changed"],
    async (t) => t.send(`PATCH ${ORG}/members/${await member(t)}`, { role: "admin" }),
  ],
  "DELETE /api/orgs/{orgName}/members/{userLogin}": [
    ["Member Removed"],
    async (t) => t.send(`DELETE ${ORG}/members/${await member(t)}`),
  ],
  "POST /api/orgs/{orgName}/teams/pulumi": [
    ["Team Created"],
    (t) => t.send(`POST ${ORG}/teams/pulumi`, { name: fresh("team") }),
  ],
  "PATCH /api/orgs/{orgName}/teams/{teamName}": [
    [
      "Team Updated",
      "Team Member Added",
      "Team Member Role Changed",
      "Team Member Removed",
      "Team Stack Permission Changed",
    ],
    async (t) => {
      const name = fresh("team");
      const stack = await newStack(t);
      const [projectName, stackName] = stack.path.split("/").slice(-2);
      await team(t, name, { [`${projectName}/${stackName}`]: 101 });
      const send = (body: object) => t.send(`PATCH ${ORG}/teams/${name}`, body);
      await send({ newDisplayName: "Crew" });
      await send({ memberAction: "promote", member: `${name}-member` });
      await send({ memberAction: "remove", member: `${name}-member` });
    },
  ],
  "DELETE /api/orgs/{orgName}/teams/{teamName}": [
    ["Team Removed"],
    async (t) => {
      const name = fresh("team");
      await team(t, name);
      return t.send(`DELETE ${ORG}/teams/${name}`);
    },
  ],
  "POST /api/orgs/{orgName}/tokens": [["Access Token Created"], (t) => makeToken(t, ORG, { name: fresh("ci") })],
  "DELETE /api/orgs/{orgName}/tokens/{tokenId}": [
    ["Access Token Revoked"],
    async (t) => t.send(`DELETE ${ORG}/tokens/${(await makeToken(t, ORG, { name: fresh("ci") })).id}`),
  ],
  "POST /api/orgs/{orgName}/teams/{teamName}/tokens": [
    ["Access Token Created"],
    async (t) => {
      const name = fresh("team");
      await team(t, name);
      return makeToken(t, `${ORG}/teams/${name}`, { name: "ci" });
    },
  ],
  "DELETE /api/orgs/{orgName}/teams/{teamName}/tokens/{tokenId}": [
    ["Access Token Revoked"],
    async (t) => {
      const name = fresh("team");
      await team(t, name);
      const { id } = await makeToken(t, `${ORG}/teams/${name}`, { name: "ci" });
      return t.send(`DELETE ${ORG}/teams/${name}/tokens/${id}`);
    },
  ],
  "POST /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/complete": [
    ["Policy Pack Published"],
    (t) => newPack(t),
  ],
  "DELETE /api/orgs/{orgName}/policypacks/{policyPackName}": [
    ["Policy Pack Removed"],
    async (t) => t.send(`DELETE ${PACKS}/${await newPack(t)}`),
  ],
  "DELETE /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}": [
    ["Policy Pack Version Removed"],
    async (t) => t.send(`DELETE ${PACKS}/${await newPack(t)}/versions/1.0.0`),
  ],
  "POST /api/orgs/{orgName}/policygroups": [["Policy Group Created"], (t) => newGroup(t)],
  "PATCH /api/orgs/{orgName}/policygroups/{policyGroup}": [
    ["Policy Group Updated"],
    async (t) => edit(t, await newGroup(t), { mode: "audit" }),
  ],
  "PATCH /api/orgs/{orgName}/policygroups/{policyGroup}/batch": [
    ["Policy Group Updated"],
    async (t) => t.send(`PATCH ${GROUPS}/${await newGroup(t)}/batch`, [{ mode: "audit" }]),
  ],
  "DELETE /api/orgs/{orgName}/policygroups/{policyGroup}": [
    ["Policy Group Removed"],
    async (t) => t.send(`DELETE ${GROUPS}/${await newGroup(t)}`),
  ],
  "PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/selector": [
    ["Policy Group Updated"],
    async (t) =>
      t.send(`PUT ${OWN_GROUPS}/${await newGroup(t)}/selector`, { selector: { all: [{ tag: "env", value: "prod" }] } }),
  ],
  "PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/policypacks/{policyPackName}/follow": [
    ["Policy Group Updated"],
    async (t) => followPack(t, await newGroup(t), await newPack(t), { follow: true }),
  ],
  "POST /api/stacks/{orgName}/{projectName}": [["Stack Created"], (t) => newStack(t)],
  "PUT /api/quillon/orgs/{orgName}/elsewhere": [
    ["Stack Created"],
    (t) => t.send(`PUT ${OWN}/elsewhere`, { backend: "s3://states", project: "web", stack: fresh("dev") }),
  ],
  "POST /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/requirements": [
    ["Stack Requirements Exported"],
    async (t) => {
      const stack = fresh("dev");
      await t.send(`PUT ${OWN}/elsewhere`, { backend: "s3://states", project: "web", stack });
      return t.send(`POST ${OWN}/stacks/web/${stack}/requirements`, { expires: Math.floor(Date.now() / 1000) + 3600 });
    },
  ],
  "PUT /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/check": [
    ["Stack Checked"],
    async (t) => {
      const stack = fresh("dev");
      await t.send(`PUT ${OWN}/elsewhere`, { backend: "s3://states", project: "web", stack });
      return t.send(`PUT ${OWN}/stacks/web/${stack}/check`, { packs: [], results: [], leftOut: 0 });
    },
  ],
  "DELETE /api/stacks/{orgName}/{projectName}/{stackName}": [
    ["Stack Removed"],
    async (t) => t.send(`DELETE ${(await newStack(t)).path}`),
  ],
  "POST /api/quillon/orgs/{orgName}/deleted-stacks/{stackId}/restore": [
    ["Stack Restored"],
    async (t) => {
      await t.send(`DELETE ${(await newStack(t)).path}`);
      const [{ id }] = (await t.send(`GET ${OWN}/deleted-stacks`)).body.stacks;
      return t.send(`POST ${OWN}/deleted-stacks/${id}/restore`);
    },
  ],
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/rename": [
    ["Stack Renamed", "Stack Moved"],
    async (t) => {
      await t.send(`POST ${(await newStack(t)).path}/rename`, { newName: fresh("renamed") });
      await t.send(`POST ${(await newStack(t)).path}/rename`, { newProject: "moved" });
    },
  ],
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/tags": [
    ["Stack Tags Changed"],
    async (t) => t.send(`PATCH ${(await newStack(t)).path}/tags`, { env: "prod" }),
  ],
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/tags": [
    ["Stack Tags Changed"],
    async (t) => t.send(`POST ${(await newStack(t)).path}/tags`, { name: "env", value: "prod" }),
  ],
  "DELETE /api/stacks/{orgName}/{projectName}/{stackName}/tags/{tagName}": [
    ["Stack Tags Changed"],
    async (t) => t.send(`DELETE ${(await newStack(t, { tags: { env: "prod" } })).path}/tags/env`),
  ],
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/import": [
    ["Stack State Imported"],
    async (t) => t.send(`POST ${(await newStack(t)).path}/import`, { version: 3, deployment: {} }),
  ],
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt": [
    ["Stack Secrets Decrypted"],
    async (t) => {
      const { path } = await newStack(t);
      const body = { ciphertext: await ciphertext(t, path) };
      // One event, although it is asked twice.
      await t.send(`POST ${path}/decrypt`, body);
      await t.send(`POST ${path}/decrypt`, body);
    },
  ],
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/batch-decrypt": [
    ["Stack Secrets Decrypted"],
    async (t) => {
      const { path } = await newStack(t);
      await t.send(`POST ${path}/batch-decrypt`, { ciphertexts: [await ciphertext(t, path)] });
    },
  ],
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt/log-decryption": [
    ["Stack Secret Shown"],
    async (t) => t.send(`POST ${(await newStack(t)).path}/decrypt/log-decryption`, { secretName: "db:password" }),
  ],
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt/log-batch-decryption": [
    ["Stack Secret Shown"],
    async (t) => t.send(`POST ${(await newStack(t)).path}/decrypt/log-batch-decryption`, { commandName: "config" }),
  ],
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}": [
    ["Update Started", "Stack Tags Changed"],
    async (t) => {
      const stack = await newStack(t);
      return stack.start(await stack.create(), { owner: "me" });
    },
  ],
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/cancel": [
    ["Update Cancelled"],
    async (t) => (await (await newStack(t)).run()).cancel(),
  ],
};

for (const path of ["policyresults/issues", "policy/findings"] as const) {
  audited[`PATCH /api/orgs/{orgName}/${path}/{issueId}`] = [
    ["Policy Issue Updated"],
    async (t) => t.send(`PATCH ${ORG}/${path}/${await issue(t)}`, { priority: "p1" }),
  ];
}

audited["POST /api/quillon/orgs/{orgName}/findings/triage"] = [
  ["Policy Issue Updated"],
  async (t) => t.send(`POST ${OWN}/findings/triage`, { ids: [await issue(t)], priority: "p1" }),
];

const HOOKS = {
  "/api/orgs/{orgName}": async () => ORG,
  "/api/stacks/{orgName}/{projectName}/{stackName}": async (t: TestApp) => (await newStack(t)).path,
} as const;
for (const route of Object.keys(HOOKS) as (keyof typeof HOOKS)[]) {
  /** @returns the path of a new webhook. */
  const hook = async (t: TestApp) => {
    const path = `${await HOOKS[route](t)}/hooks`;
    // Nothing listens there.
    const { body } = await t.send(`POST ${path}`, { payloadUrl: "http://127.0.0.1:1/x" });
    return `${path}/${body.name}`;
  };
  audited[`POST ${route}/hooks`] = [["Webhook Created"], hook];
  audited[`PATCH ${route}/hooks/{hookName}`] = [
    ["Webhook Updated"],
    async (t) => t.send(`PATCH ${await hook(t)}`, { active: false }),
  ];
  audited[`DELETE ${route}/hooks/{hookName}`] = [["Webhook Removed"], async (t) => t.send(`DELETE ${await hook(t)}`)];
  audited[`POST ${route}/hooks/{hookName}/ping`] = [
    ["Webhook Sent"],
    async (t) => t.send(`POST ${await hook(t)}/ping`),
  ];
  audited[`POST ${route}/hooks/{hookName}/deliveries/{event}/redeliver`] = [
    ["Webhook Created"],
    async (t) => {
      const path = await hook(t);
      const { body } = await t.send(`POST ${path}/ping`);
      await t.send(`POST ${path}/deliveries/${body.id}/redeliver`);
    },
  ];
}

/** Its event is in the log of the organization that it makes. */
const ELSEWHERE = "POST /api/quillon/orgs";

describe.each(engines)("what the routes leave in the audit log on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine, {}, {}, KEEPING_STACKS);
  });
  afterAll(() => t.close());

  const eventsOf = async (org = "acme") => {
    const rows = await t.db
      .selectFrom("audit_log")
      .innerJoin("organizations", "organizations.id", "audit_log.organization_id")
      .where("organizations.name", "=", org)
      .orderBy("audit_log.id")
      .select("event")
      .execute();
    return rows.map(({ event }) => event);
  };

  test("every route that is not only read leaves an event, or is listed with the reason why not", () => {
    const changing = Object.keys(routes).filter((key) => !/^(GET|HEAD) /.test(key));
    expect([...Object.keys(audited), ...Object.keys(silent), ELSEWHERE].sort()).toEqual(changing.sort());
  });

  test.each(Object.entries(audited))("%s", async (_, [expected, send]) => {
    const before = (await eventsOf()).length;
    await send(t);
    const left = (await eventsOf()).slice(before);
    for (const event of expected) expect(left.filter((one) => one === event)).toHaveLength(1);
    for (const event of left) expect(Object.keys(auditEvents)).toContain(event);
  });

  test(ELSEWHERE, async () => {
    await t.send("POST /api/quillon/orgs", { name: "other" });
    expect(await eventsOf("other")).toEqual(["Organization Created"]);
  });

  test("a denial and an expired token are recorded once, and a token that nobody has not at all", async () => {
    const as = await person(t, fresh("person"));
    const expired = await makeToken(t, "/api/user", {});
    await t.db
      .updateTable("tokens")
      .set({ expires_at: new Date(0) })
      .where("id", "=", expired.id)
      .execute();
    const before = (await eventsOf()).length;
    for (let round = 0; round < 3; round += 1) {
      await t.send(`POST ${ORG}/members/name${round}`, { role: "admin" }, { as });
      await t.send("GET /api/user", undefined, { as: expired.as });
      await t.send("GET /api/user", undefined, { as: "token nobody" });
    }
    expect((await eventsOf()).slice(before)).toEqual(["Access Denied", "Sign-in Failed"]);
  });
});
