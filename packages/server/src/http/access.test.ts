import { type RouteKey, routes } from "@quillon/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { makeToken, person, team } from "../testing/people.ts";
import { newStack } from "../testing/stack.ts";

/** Who calls. The organization gives its members no permission on stacks; the teams have one on the stack in the path. */
const callers = [
  "no token",
  "an expired token",
  "another organization's admin",
  "a member",
  "a policy manager",
  "an admin",
  "a reading team",
  "a writing team",
  "an administering team",
  "a token of the organization",
  "an admin token of the organization",
  "a token of a writing team",
  "one that is limited to the stack's project",
  "one that is limited to another project",
  "the running update",
] as const;

// For each caller in that order: + is let in, and the others are refused with 401 (-), 403 (x) or 404 (?).
const PUBLIC = "+++++++++++++++";
const USER = "--++++++++++++-";
const PERSON = "--+++++++xxxxx-";
const SITE_ADMIN = "--xxx+xxxxxxxx-";
const MEMBER = "--?+++++++++++-";
const POLICY = "--?x++xxxx+xxx-";
const ADMIN = "--?xx+xxxx+xxx-";
const TEAM_ADMIN = "--?xx+xx+x+xxx-";
const STACK_READ = "--???++++?+++?-";
const STACK_WRITE = "--???+x++?+++?-";
const STACK_ADMIN = "--???+xx+?+xx?-";
const LEASE = "--------------+";

const ORG = "/api/orgs/{orgName}";
const OWN = "/api/quillon/orgs/{orgName}";
const REQUEST = "/api/change-requests/{orgName}/{changeRequestId}";
const STACK = "/api/stacks/{orgName}/{projectName}/{stackName}";
const UPDATE = `${STACK}/update/{updateID}`;

const table: Record<string, string> = {
  "GET /healthz": PUBLIC,
  "GET /readyz": PUBLIC,
  "GET /api/capabilities": PUBLIC,
  "GET /api/openapi/pulumi-spec.json": PUBLIC,

  "GET /api/user": USER,
  "GET /api/user/organizations/default": USER,
  "GET /api/user/stacks": USER,
  "GET /api/user/tokens": PERSON,
  "POST /api/user/tokens": PERSON,
  "DELETE /api/user/tokens/{tokenId}": PERSON,

  "GET /api/quillon/session": USER,
  "GET /api/quillon/server": USER,
  "POST /api/quillon/session": PERSON,
  // The route itself refuses whom no trusted proxy names: session.test.ts.
  "POST /api/quillon/session/proxy": PUBLIC,
  "DELETE /api/quillon/session": PERSON,
  "POST /api/quillon/orgs": SITE_ADMIN,
  "GET /api/quillon/orgs/{orgName}": MEMBER,
  "PATCH /api/quillon/orgs/{orgName}": ADMIN,
  [`POST ${ORG}/users`]: ADMIN,
  [`GET ${ORG}/members`]: MEMBER,
  [`POST ${ORG}/members/{userLogin}`]: ADMIN,
  [`PATCH ${ORG}/members/{userLogin}`]: ADMIN,
  [`DELETE ${ORG}/members/{userLogin}`]: ADMIN,
  [`GET ${ORG}/teams`]: MEMBER,
  [`POST ${ORG}/teams/pulumi`]: ADMIN,
  [`GET ${ORG}/teams/{teamName}`]: MEMBER,
  [`PATCH ${ORG}/teams/{teamName}`]: TEAM_ADMIN,
  [`DELETE ${ORG}/teams/{teamName}`]: ADMIN,
  [`GET ${ORG}/tokens`]: ADMIN,
  [`POST ${ORG}/tokens`]: ADMIN,
  [`DELETE ${ORG}/tokens/{tokenId}`]: ADMIN,
  [`GET ${ORG}/teams/{teamName}/tokens`]: TEAM_ADMIN,
  [`POST ${ORG}/teams/{teamName}/tokens`]: TEAM_ADMIN,
  [`DELETE ${ORG}/teams/{teamName}/tokens/{tokenId}`]: TEAM_ADMIN,

  [`GET ${ORG}/policypacks`]: MEMBER,
  [`POST ${ORG}/policypacks`]: POLICY,
  [`POST ${ORG}/policypacks/{policyPackName}/versions/{version}/complete`]: POLICY,
  [`GET ${ORG}/policypacks/{policyPackName}/versions/{version}`]: MEMBER,
  [`GET ${ORG}/policypacks/{policyPackName}/versions/{version}/schema`]: MEMBER,
  [`DELETE ${ORG}/policypacks/{policyPackName}`]: POLICY,
  [`DELETE ${ORG}/policypacks/{policyPackName}/versions/{version}`]: POLICY,
  "PUT /api/policypacks/uploads/{reservation}": PUBLIC,
  "GET /api/policypacks/archives/{packVersion}": PUBLIC,
  [`GET ${ORG}/policygroups`]: MEMBER,
  [`POST ${ORG}/policygroups`]: POLICY,
  [`GET ${ORG}/policygroups/metadata`]: MEMBER,
  [`GET ${ORG}/policygroups/{policyGroup}`]: MEMBER,
  [`PATCH ${ORG}/policygroups/{policyGroup}`]: POLICY,
  [`PATCH ${ORG}/policygroups/{policyGroup}/batch`]: POLICY,
  [`DELETE ${ORG}/policygroups/{policyGroup}`]: POLICY,
  [`GET ${ORG}/policygroups/{policyGroup}/stacks`]: MEMBER,
  [`GET ${ORG}/policygroups/{policyGroup}/accounts`]: MEMBER,
  [`POST ${ORG}/policygroups/accountmatchrule/preview`]: POLICY,
  [`POST ${ORG}/policygroups/stackmatchrule/preview`]: POLICY,
  [`PUT ${OWN}/policygroups/{policyGroup}/selector`]: POLICY,
  [`PUT ${OWN}/policygroups/{policyGroup}/policypacks/{policyPackName}/follow`]: POLICY,
  [`POST ${OWN}/selector/matches`]: POLICY,
  [`POST ${OWN}/policypacks/{policyPackName}/versions/{version}/config/problems`]: MEMBER,
  "GET /api/registry/templates": USER,
  "GET /api/registry/packages": USER,
  "GET /api/preview/registry/packages": USER,
  [`GET ${ORG}/templates`]: MEMBER,
  [`GET ${ORG}/auditlogs`]: ADMIN,
  [`GET ${ORG}/auditlogs/v2`]: ADMIN,
  [`GET ${ORG}/auditlogs/export`]: ADMIN,
  [`GET ${ORG}/auditlogs/v2/export`]: ADMIN,
  [`GET ${ORG}/auditlogs/event-types`]: ADMIN,
  [`GET ${OWN}/auditlogs/follow`]: ADMIN,
  // Of the stacks that the caller may read: policy-issues.test.ts.
  [`POST ${ORG}/policyresults/compliance`]: MEMBER,
  [`GET ${ORG}/policyresults/metadata`]: MEMBER,
  [`POST ${ORG}/policyresults/policies`]: MEMBER,
  [`POST ${ORG}/policy/findings/compliance`]: MEMBER,
  [`GET ${ORG}/policy/findings/metadata`]: MEMBER,
  [`POST ${ORG}/policy/findings/policies`]: MEMBER,
  [`GET ${OWN}/compliance`]: MEMBER,
  [`GET ${OWN}/compliance/days`]: MEMBER,
  [`POST ${ORG}/policyresults/issues`]: MEMBER,
  [`GET ${ORG}/policyresults/issues/{issueId}`]: MEMBER,
  [`PATCH ${ORG}/policyresults/issues/{issueId}`]: MEMBER,
  [`POST ${ORG}/policyresults/issues/export`]: MEMBER,
  [`POST ${ORG}/policyresults/issues/filters`]: MEMBER,
  [`POST ${ORG}/policy/findings`]: MEMBER,
  [`GET ${ORG}/policy/findings/{issueId}`]: MEMBER,
  [`PATCH ${ORG}/policy/findings/{issueId}`]: MEMBER,
  [`POST ${ORG}/policy/findings/export`]: MEMBER,
  [`POST ${ORG}/policy/findings/filters`]: MEMBER,
  // Of stacks that the caller may read: policy-exceptions.test.ts.
  [`GET ${ORG}/policy/exceptions`]: MEMBER,
  // Of these only policy managers, or who has asked: exception-requests.test.ts.
  [`POST ${ORG}/policy/exceptions`]: MEMBER,
  [`POST ${ORG}/policy/exceptions/drafts`]: MEMBER,
  [`GET ${REQUEST}`]: MEMBER,
  [`POST ${REQUEST}/submit`]: MEMBER,
  [`POST ${REQUEST}/approve`]: POLICY,
  [`DELETE ${REQUEST}/approve`]: POLICY,
  [`POST ${REQUEST}/apply`]: MEMBER,
  [`POST ${REQUEST}/close`]: MEMBER,
  [`POST ${REQUEST}/comments`]: MEMBER,
  [`GET ${REQUEST}/events`]: MEMBER,
  [`GET ${OWN}/exception-requests`]: MEMBER,
  [`GET ${OWN}/exception-requests/{changeRequestId}`]: MEMBER,
  [`GET ${OWN}/exception-rule`]: MEMBER,
  [`PUT ${OWN}/exception-rule`]: ADMIN,
  [`GET ${OWN}/finding-rule`]: MEMBER,
  [`PUT ${OWN}/finding-rule`]: ADMIN,
  [`GET ${ORG}/policy/exceptions/{exceptionId}`]: MEMBER,
  [`DELETE ${ORG}/policy/exceptions/{exceptionId}`]: POLICY,
  [`GET ${OWN}/stacks/{projectName}/{stackName}/updates/{updateID}/exceptions`]: STACK_READ,
  [`GET ${OWN}/exceptions`]: MEMBER,
  [`GET ${OWN}/policypacks/{policyPackName}/exception-effect`]: MEMBER,
  // Of the stacks that the caller may read: overview.test.ts.
  [`GET ${OWN}/overview`]: MEMBER,
  [`GET ${OWN}/overview/stacks`]: MEMBER,
  // Of the stacks that the caller may read: search.test.ts.
  [`GET ${OWN}/search`]: MEMBER,
  [`POST ${OWN}/findings/triage`]: MEMBER,
  [`GET ${OWN}/findings/heatmap`]: MEMBER,
  [`GET ${OWN}/finding-groups`]: MEMBER,
  [`GET ${OWN}/predictions`]: MEMBER,
  [`GET ${ORG}/hooks`]: ADMIN,
  [`POST ${ORG}/hooks`]: ADMIN,
  [`GET ${ORG}/hooks/{hookName}`]: ADMIN,
  [`PATCH ${ORG}/hooks/{hookName}`]: ADMIN,
  [`DELETE ${ORG}/hooks/{hookName}`]: ADMIN,
  [`POST ${ORG}/hooks/{hookName}/ping`]: ADMIN,
  [`GET ${ORG}/hooks/{hookName}/deliveries`]: ADMIN,
  [`POST ${ORG}/hooks/{hookName}/deliveries/{event}/redeliver`]: ADMIN,
  // Of the stacks that the caller may read: receipts.test.ts.
  [`GET ${OWN}/receipts`]: MEMBER,
  [`GET ${OWN}/policypacks`]: MEMBER,
  [`GET ${OWN}/policypacks/{policyPackName}/versions`]: MEMBER,
  [`GET ${OWN}/policypacks/{policyPackName}/health`]: MEMBER,
  [`GET ${OWN}/policypacks/{policyPackName}/versions/{version}/archive`]: MEMBER,
  [`GET ${OWN}/policypacks/{policyPackName}/versions/{version}/bill-of-materials`]: MEMBER,
  [`PUT ${OWN}/policypacks/{policyPackName}/versions/{version}/sources`]: POLICY,
  [`GET ${OWN}/policypacks/{policyPackName}/versions/{version}/sources`]: MEMBER,
  [`GET ${OWN}/bundled-packages`]: MEMBER,
  [`GET ${OWN}/receipts/{updateID}`]: MEMBER,
  [`GET ${OWN}/stacks/{projectName}/{stackName}/receipts`]: STACK_READ,
  "GET /api/quillon/receipt-key": PUBLIC,
  [`GET ${OWN}/receipt-rule`]: MEMBER,
  [`PUT ${OWN}/receipt-rule`]: POLICY,
  [`GET ${OWN}/stacks/{projectName}/{stackName}/receipt-state`]: STACK_READ,
  // Of these only the admins of the organization: receipt-rules.test.ts.
  [`POST ${OWN}/stacks/{projectName}/{stackName}/receipt-state/lift`]: STACK_ADMIN,
  [`GET ${OWN}/findings/report`]: MEMBER,

  [`GET ${OWN}/deleted-stacks`]: ADMIN,
  [`POST ${OWN}/deleted-stacks/{stackId}/restore`]: ADMIN,
  [`PUT ${OWN}/elsewhere`]: MEMBER,
  [`POST ${OWN}/stacks/{projectName}/{stackName}/requirements`]: STACK_READ,
  [`PUT ${OWN}/stacks/{projectName}/{stackName}/check`]: STACK_WRITE,
  [`GET ${OWN}/stacks/{projectName}/{stackName}/check`]: STACK_READ,
  [`GET ${OWN}/elsewhere`]: MEMBER,
  [`GET ${OWN}/elsewhere/policypacks`]: MEMBER,
  [`POST ${OWN}/elsewhere/policypacks`]: MEMBER,
  "HEAD /api/stacks/{orgName}/{projectName}": MEMBER,
  "POST /api/stacks/{orgName}/{projectName}": MEMBER,
  [`GET ${STACK}`]: STACK_READ,
  [`DELETE ${STACK}`]: STACK_ADMIN,
  [`POST ${STACK}/rename`]: STACK_ADMIN,
  [`PATCH ${STACK}/tags`]: STACK_WRITE,
  [`GET ${STACK}/tags`]: STACK_READ,
  [`POST ${STACK}/tags`]: STACK_WRITE,
  [`DELETE ${STACK}/tags/{tagName}`]: STACK_WRITE,
  [`GET ${STACK}/policypacks`]: STACK_READ,
  [`GET ${STACK}/policygroups`]: STACK_READ,
  [`GET ${OWN}/stacks/{projectName}/{stackName}/policypacks`]: STACK_READ,
  [`GET ${OWN}/stacks/{projectName}/{stackName}/updates/{updateID}/results`]: STACK_READ,
  [`GET ${OWN}/stacks/{projectName}/{stackName}/updates/{updateID}/results/counts`]: STACK_READ,
  [`GET ${OWN}/stacks/{projectName}/{stackName}/updates/{updateID}/results/list`]: STACK_READ,
  // Of the stacks that the caller may read: stack-activity.test.ts.
  [`GET ${OWN}/stacks`]: MEMBER,
  [`GET ${OWN}/stacks/{projectName}/{stackName}/updates`]: STACK_READ,
  [`GET ${OWN}/stacks/{projectName}/{stackName}/updates/{updateID}`]: STACK_READ,
  [`GET ${OWN}/stacks/{projectName}/{stackName}/updates/{updateID}/events`]: STACK_READ,
  [`GET ${OWN}/stacks/{projectName}/{stackName}/resources`]: STACK_READ,
  // Checked again while it goes on: changes.test.ts.
  [`GET ${OWN}/stacks/{projectName}/{stackName}/changes`]: STACK_READ,
  [`GET ${STACK}/export`]: STACK_READ,
  [`GET ${STACK}/export/{version}`]: STACK_READ,
  [`POST ${STACK}/import`]: STACK_WRITE,
  [`GET ${STACK}/updates`]: STACK_READ,
  [`GET ${STACK}/updates/latest`]: STACK_READ,
  [`GET ${STACK}/updates/latest/previews`]: STACK_READ,
  [`POST ${STACK}/encrypt`]: STACK_WRITE,
  [`POST ${STACK}/decrypt`]: STACK_READ,
  [`POST ${STACK}/batch-encrypt`]: STACK_WRITE,
  [`POST ${STACK}/batch-decrypt`]: STACK_READ,
  [`POST ${STACK}/decrypt/log-decryption`]: STACK_READ,
  [`POST ${STACK}/decrypt/log-batch-decryption`]: STACK_READ,

  [`GET ${STACK}/hooks`]: STACK_ADMIN,
  [`POST ${STACK}/hooks`]: STACK_ADMIN,
  [`GET ${STACK}/hooks/{hookName}`]: STACK_ADMIN,
  [`PATCH ${STACK}/hooks/{hookName}`]: STACK_ADMIN,
  [`DELETE ${STACK}/hooks/{hookName}`]: STACK_ADMIN,
  [`POST ${STACK}/hooks/{hookName}/ping`]: STACK_ADMIN,
  [`GET ${STACK}/hooks/{hookName}/deliveries`]: STACK_ADMIN,
  [`POST ${STACK}/hooks/{hookName}/deliveries/{event}/redeliver`]: STACK_ADMIN,

  [`POST ${STACK}/update`]: STACK_WRITE,
  [`POST ${STACK}/preview`]: STACK_WRITE,
  [`POST ${STACK}/refresh`]: STACK_WRITE,
  [`POST ${STACK}/destroy`]: STACK_WRITE,
  [`POST ${UPDATE}`]: STACK_WRITE,
  [`GET ${UPDATE}`]: STACK_READ,
  [`GET ${UPDATE}/events`]: STACK_READ,
  [`POST ${UPDATE}/cancel`]: STACK_WRITE,
  [`POST ${UPDATE}/renew_lease`]: LEASE,
  [`PATCH ${UPDATE}/checkpoint`]: LEASE,
  [`PATCH ${UPDATE}/checkpointverbatim`]: LEASE,
  [`PATCH ${UPDATE}/checkpointdelta`]: LEASE,
  [`PATCH ${UPDATE}/journalentries`]: LEASE,
  [`POST ${UPDATE}/events/batch`]: LEASE,
  [`POST ${UPDATE}/complete`]: LEASE,
};

const refusals: Record<number, string> = { 299: "+", 401: "-", 403: "x", 404: "?" };

describe.each(engines.slice(0, 1))("who may call what", (engine) => {
  let t: TestApp;
  /** Authorization headers in the order of the callers. */
  let headers: string[];
  const values: Record<string, string> = { orgName: "acme", projectName: "web", teamName: "administering" };

  beforeAll(async () => {
    t = await startApp(engine);
    // Who is let in is told so before anything is done, once all is set up.
    let asking = false;
    t.app.addHook("preValidation", async (_, reply) => (asking ? reply.status(299).send({}) : undefined));
    const stack = await newStack(t);
    values.stackName = stack.name;
    const update = await stack.run();
    values.updateID = update.id;
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    await t.send("POST /api/quillon/orgs", { name: "other" });
    const granted = (name: string, permission: number) => team(t, name, { [`web/${values.stackName}`]: permission });
    const expired = await makeToken(t, "/api/user", { expires: 9_999_999_999 });
    await t.db
      .updateTable("tokens")
      .set({ expires_at: new Date(0) })
      .where("id", "=", expired.id)
      .execute();
    const reading = await granted("reading", 101);
    const writing = await granted("writing", 102);
    const administering = await granted("administering", 103);
    await t.send("PATCH /api/orgs/acme/teams/administering", {
      memberAction: "promote",
      member: "administering-member",
    });
    headers = [
      "",
      expired.as,
      await person(t, "stranger", "admin", "other"),
      await person(t, "a-member"),
      await person(t, "a-manager", "policy-manager"),
      `token ${t.token}`,
      reading,
      writing,
      administering,
      (await makeToken(t, "/api/orgs/acme", { name: "plain" })).as,
      (await makeToken(t, "/api/orgs/acme", { name: "ruling", admin: true })).as,
      (await makeToken(t, "/api/orgs/acme/teams/writing", { name: "ci" })).as,
      (await makeToken(t, "/api/orgs/acme/teams/writing", { name: "inside", projects: ["api", "web"] })).as,
      (await makeToken(t, "/api/orgs/acme/teams/writing", { name: "outside", projects: ["api"] })).as,
      update.as,
    ];
    asking = true;
  });
  afterAll(() => t.close());

  test("each route has a row, and each row a route", () => {
    expect(Object.keys(table).sort()).toEqual(Object.keys(routes).sort());
  });

  test.each(Object.entries(table))("%s", async (key, row) => {
    const path = key.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "0");
    const outcome: string[] = [];
    for (const as of headers) {
      const { status } = await t.send(path, undefined, { as });
      outcome.push(refusals[status] ?? String(status));
    }
    expect(explain(outcome)).toEqual(explain([...row]));
  });

  test("a stack that may not be read is, to the byte, one that does not exist", async () => {
    const [, , , member = ""] = headers;
    for (const key of Object.keys(table) as RouteKey[]) {
      if (!key.includes("{stackName}") || table[key] === LEASE) continue;
      const fill = (stack: string) =>
        key.replace(/\{(\w+)\}/g, (_, name: string) => (name === "stackName" ? stack : (values[name] ?? "0")));
      const there = await t.send(fill(values.stackName ?? ""), undefined, { as: member });
      const nowhere = await t.send(fill("nowhere"), undefined, { as: member });
      expect(there.status).toBe(404);
      expect(JSON.stringify(there.body).replaceAll(values.stackName ?? "", "nowhere")).toBe(
        JSON.stringify(nowhere.body),
      );
    }
  });
});

function explain(outcome: readonly string[]): string[] {
  return callers.map((caller, index) => `${caller}: ${outcome[index] ?? "not called"}`);
}
