import type { Answer, TestApp } from "./app.ts";
import { PACKS, publication, uploadAndComplete } from "./pack.ts";
import { newStack, type TestStack } from "./stack.ts";

export const GROUPS = "/api/orgs/acme/policygroups";
export const OWN_GROUPS = "/api/quillon/orgs/acme/policygroups";

/** Of four digits, so that names are in the order in which they were made, however many other files have made before. */
let made = 1_000;

/** Makes a policy group of `acme`. @returns its name, which no other has. */
export async function newGroup(t: TestApp, body: { name?: string; [field: string]: unknown } = {}): Promise<string> {
  made += 1;
  const { name = `group${made}`, ...rest } = body;
  const answer = await t.send(`POST ${GROUPS}`, { name, entityType: "stacks", ...rest });
  if (answer.status !== 200) throw new Error(`no group was made: ${answer.body.message}`);
  return name;
}

/** Makes a user of `acme`, by default a policy manager. @returns the Authorization header. */
export async function newManager(t: TestApp, role = "policy-manager"): Promise<string> {
  made += 1;
  const { body } = await t.send("POST /api/orgs/acme/users", { login: `user${made}`, role });
  return `token ${body.token}`;
}

/** Publishes a pack. @returns its name, which no other has. */
export async function newPack(t: TestApp, tags: string[] = ["1.0.0"], policies?: object[]): Promise<string> {
  made += 1;
  const name = `pack${made}`;
  for (const tag of tags) await newVersion(t, name, tag, policies);
  return name;
}

export async function newVersion(t: TestApp, name: string, tag: string, policies?: object[]): Promise<Answer> {
  const body = { ...publication(name, tag), ...(policies && { policies }) };
  const reserved = await t.send(`POST ${PACKS}`, body);
  if (reserved.status !== 200) throw new Error(`not reserved: ${JSON.stringify(reserved.body)}`);
  return uploadAndComplete(t, { name, version: tag, uploadURI: reserved.body.uploadURI });
}

/** Publishes version 1.0.0 of a pack, which every stack must run from then on. */
export async function requirePack(t: TestApp, name: string, policies?: object[]): Promise<void> {
  await newVersion(t, name, "1.0.0", policies);
  await edit(t, "default-policy-group", { addPolicyPack: { name, versionTag: "1.0.0" } });
}

export async function edit(t: TestApp, group: string, body: object, as?: string): Promise<Answer> {
  return t.send(`PATCH ${GROUPS}/${encodeURIComponent(group)}`, body, as ? { as } : {});
}

export async function read(t: TestApp, group: string, as?: string) {
  const { body } = await t.send(`GET ${GROUPS}/${encodeURIComponent(group)}`, undefined, as ? { as } : {});
  return body;
}

/** The stacks that are in the group, and why. */
export async function membersOf(t: TestApp, group: string, query = "") {
  return (await t.send(`GET ${GROUPS}/${encodeURIComponent(group)}/stacks${query}`)).body.stacks;
}

/** The newest event of the audit log. */
export async function newestEvent(t: TestApp) {
  const { body } = await t.send("GET /api/orgs/acme/auditlogs");
  return body.auditLogEvents[0];
}

/** What the audit log says was changed, the newest first. A refused attempt changes nothing. */
export async function changesIn(t: TestApp): Promise<object[]> {
  const { body } = await t.send("GET /api/orgs/acme/auditlogs");
  return body.auditLogEvents.filter((event: { authFailure?: boolean }) => !event.authFailure);
}

const level = { type: "string", enum: ["advisory", "mandatory", "remediate", "disabled"] };

/** The policies of a pack that needs the configuration `{owner: {team: …}}`. */
export const needsTeam = [
  {
    name: "owner",
    configSchema: {
      type: "object",
      properties: { enforcementLevel: level, team: { type: "string" } },
      required: ["team"],
    },
  },
];

/** A new stack, and a new group that has it. */
export async function groupWithStack(t: TestApp): Promise<{ stack: TestStack; group: string }> {
  const stack = await newStack(t);
  const group = await newGroup(t);
  await edit(t, group, { addStack: { name: stack.name, routingProject: "web" } });
  return { stack, group };
}

/** What the stack's next update must run. */
export async function required(t: TestApp, { path }: { path: string }, query = "") {
  return (await t.send(`GET ${path}/policypacks${query}`)).body.requiredPolicies;
}

export function followPack(t: TestApp, group: string, pack: string, body: object): Promise<Answer> {
  return t.send(`PUT ${OWN_GROUPS}/${group}/policypacks/${pack}/follow`, body);
}
