import type { Role } from "@quillon/contract";
import { findUserId, insertMember, insertToken, insertUser, newToken } from "../people/index.ts";
import type { TestApp } from "./app.ts";

/** Makes a person who is a member of an organization. @returns their Authorization header. */
export async function person(t: TestApp, login: string, role: Role = "member", organization = "acme"): Promise<string> {
  const org = await t.db
    .selectFrom("organizations")
    .where("name", "=", organization)
    .select("id")
    .executeTakeFirstOrThrow();
  const userId = (await insertUser(t.db, { login, name: login })) ?? (await findUserId(t.db, login)) ?? "";
  await insertMember(t.db, { organizationId: org.id, userId, role });
  const token = newToken();
  await insertToken(t.db, { userId, token, description: "a test" });
  return `token ${token}`;
}

/** Makes a token through the API. @returns its id and its Authorization header. */
export async function makeToken(t: TestApp, owner: string, body: object = {}, as?: string) {
  const answer = await t.send(`POST ${owner}/tokens`, body, as ? { as } : {});
  if (answer.status !== 200) throw new Error(`no token was made: ${answer.body.message}`);
  return { id: answer.body.id as string, as: `token ${answer.body.tokenValue}` };
}

/**
 * Makes a team of `acme` with a person in it.
 *
 * @param grants Pulumi's numbers of its permissions by `project/stack`.
 * @returns the person's Authorization header.
 */
export async function team(t: TestApp, name: string, grants: Record<string, number> = {}): Promise<string> {
  const path = `/api/orgs/acme/teams/${name}`;
  await t.send("POST /api/orgs/acme/teams/pulumi", { name });
  const as = await person(t, `${name}-member`);
  await t.send(`PATCH ${path}`, { memberAction: "add", member: `${name}-member` });
  for (const [stack, permission] of Object.entries(grants)) {
    const [projectName, stackName] = stack.split("/");
    const { status, body } = await t.send(`PATCH ${path}`, {
      addStackPermission: { projectName, stackName, permission },
    });
    if (status !== 204) throw new Error(`nothing was granted: ${body.message}`);
  }
  return as;
}
