import { expect } from "vitest";
import type { TestApp } from "./app.ts";
import { edit, newVersion } from "./group.ts";
import { recordedEvents, recordedVersions } from "./recorded-events.ts";
import type { TestStack } from "./stack.ts";

/** Runs of which receipts are made. The pack `pets` is required, and the events are those that a CLI sent. */

export const RECEIPTS = "/api/quillon/orgs/acme/receipts";

export interface Event {
  sequence: number;
  summaryEvent?: object;
  policyAnalyzeSummaryEvent?: { resourceUrn: string; policyPackName: string };
  policyAnalyzeStackSummaryEvent?: object;
}

export const events = (run: string, version = recordedVersions[0] ?? "") =>
  recordedEvents(version, run) as unknown as Event[];

export const without = (drop: (event: Event) => boolean) => events("up-fixes").filter((event) => !drop(event));
/** The events count on without what was never sent. */
export const unsent = (drop: (event: Event) => boolean) =>
  without(drop).map((event, sequence) => ({ ...event, sequence }));
export const isOfPets = (event: Event) => JSON.stringify(event).includes('"policyPackName":"pets"');

export async function requirePets(t: TestApp): Promise<void> {
  await newVersion(t, "pets", "1.0.0");
  const config = { "no-public-bucket": { enforcementLevel: "advisory" } };
  await edit(t, "default-policy-group", { addPolicyPack: { name: "pets", versionTag: "1.0.0", config } });
}

export interface Options {
  kind?: string;
  dryRun?: boolean;
  status?: string;
  environment?: object;
}

/** @param app returns the server, which is not there yet when tests are named. */
export function receiptsOf(app: () => TestApp) {
  async function start(on: TestStack, { kind = "update", dryRun = false, environment = {} }: Options = {}) {
    const { body } = await app().send(`POST ${on.path}/${kind}`, { options: { dryRun }, metadata: { environment } });
    const started = await on.start(body.updateID);
    return on.update({ id: body.updateID, ...started.body });
  }
  /** A run that sends these events and ends. @returns its id. */
  async function run(on: TestStack, sent: readonly object[], options: Options = {}): Promise<string> {
    const update = await start(on, options);
    for (const event of sent) expect((await update.events([event])).status).toBe(200);
    expect((await update.complete(options.status)).status).toBe(200);
    return update.id;
  }
  async function signedOf(update: string, as?: string) {
    return app().send(`GET ${RECEIPTS}/${update}`, undefined, as ? { as } : {});
  }
  async function receiptOf(update: string) {
    const { status, body } = await signedOf(update);
    expect(status, body.message).toBe(200);
    return JSON.parse(body.receipt);
  }
  return { start, run, signedOf, receiptOf };
}
