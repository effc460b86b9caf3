import type { TestApp } from "./app.ts";

/** Of stacks whose state is elsewhere. */
export const BACKEND = "s3://states/team";

let made = 0;

/** Makes a stack known whose state is in `BACKEND`. @returns its path in the API. */
export async function stackElsewhere(t: TestApp): Promise<string> {
  made += 1;
  const sent = { backend: BACKEND, project: "shop", stack: `dev${made}` };
  const { status, body } = await t.send("PUT /api/quillon/orgs/acme/elsewhere", sent);
  if (status !== 200) throw new Error(`the stack is not known: ${body.message}`);
  return `/api/stacks/acme/${body.project}/${body.stack}`;
}

/** Starts an update of such a stack. */
export async function startElsewhere(t: TestApp, path: string, options = {}, basis?: object) {
  const { body } = await t.send(`POST ${path}/update`, { backend: BACKEND, options, ...(basis && { basis }) });
  const started = await t.send(`POST ${path}/update/${body.updateID}`, {});
  if (started.status !== 200) throw new Error(`the update has not started: ${started.body.message}`);
  const send = (request: string, sent: object) => {
    const [method, route] = request.split(" ");
    const as = `update-token ${started.body.token}`;
    return t.send(`${method} ${path}/update/${body.updateID}${route}`, sent, { as });
  };
  return { id: body.updateID, required: body.requiredPolicies, send };
}

export async function receiptOf(t: TestApp, updateId: string) {
  return JSON.parse((await t.send(`GET /api/quillon/orgs/acme/receipts/${updateId}`)).body.receipt);
}

/** Of the only resource that `events` are about. */
export const urn = "urn:pulumi:dev::shop::a:b:C::n";
const resource = { op: "create", urn, type: "a:b:C", new: { urn, type: "a:b:C", custom: true } };
const of = { policyPackName: "pets", policyPackVersion: "1.0.0", policyPackVersionTag: "1.0.0" };

/** What an engine sends of a run that makes one resource, which passes all policies of the pack `pets`. */
export const events = [
  { resourcePreEvent: { metadata: resource } },
  { policyAnalyzeSummaryEvent: { ...of, resourceUrn: urn, passed: ["two-words"] } },
  { policyAnalyzeStackSummaryEvent: of },
  { summaryEvent: { isPreview: false, resourceChanges: { create: 1 } } },
].map((event, sequence) => ({ sequence, timestamp: 0, ...event }));
