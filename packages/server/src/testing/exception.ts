import { sql } from "kysely";
import type { Answer, TestApp } from "./app.ts";

export const EXCEPTIONS = "/api/orgs/acme/policy/exceptions";

/** A resource of a stack. */
export const urnIn = (stack: string, name = "rex", project = "web") =>
  `urn:pulumi:${stack}::${project}::a:b:C::${name}`;

/** Of four digits, so that names are in the order in which they were made, however many other files have made before. */
let made = 1_000;

/** A request for an exception, which differs from all others in its reason. */
export function wishFor(policyPack: string, targets: string[], more: object = {}) {
  made += 1;
  return {
    policyPack,
    match: [{ policies: ["no-public-bucket"], targets }],
    reason: `Bucket number ${made} is empty.`,
    ...more,
  };
}

export function ask(t: TestApp, wish: object, as?: string): Promise<Answer> {
  return t.send(`POST ${EXCEPTIONS}`, wish, as ? { as } : {});
}

/** Makes an exception. @returns its id. */
export async function except(t: TestApp, policyPack: string, targets: string[], more: object = {}): Promise<string> {
  const { status, body } = await ask(t, wishFor(policyPack, targets, more));
  if (status !== 201) throw new Error(`no exception was made: ${body.message}`);
  return body.id;
}

/** Moves the times of an exception into the past, as if so many hours had gone by. */
export async function age(t: TestApp, id: string, hours: number): Promise<void> {
  await sql`update policy_exceptions set created_at = created_at - make_interval(hours => ${hours}),
    expires_at = expires_at - make_interval(hours => ${hours}), tell_at = tell_at - make_interval(hours => ${hours})
    where number = ${Number(id.slice(4))}
      and organization_id = (select id from organizations where name = 'acme')`.execute(t.db);
}
