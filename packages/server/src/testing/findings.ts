import { expect } from "vitest";
import type { TestApp } from "./app.ts";
import type { TestStack } from "./stack.ts";

/** Runs that say what the pack `pets` found, and what is stored of that. The resources are named alone: `rex`. */

/** The URN that an engine gives the stack `web/dev` itself. */
export const stack = "urn:pulumi:dev::web::pulumi:pulumi:Stack::web-dev";

export const ofPack = { policyPackName: "pets", policyPackVersion: "1.0.0", policyPackVersionTag: "1.0.0" };

/** What a run says of one resource, or of the `stack`: `rex !length ~prefix ok` is failed, not evaluated, and passed. */
export function said(line: string, { dryRun = false, level = "mandatory", op = "same" } = {}): object[] {
  const [name = "", ...outcomes] = line.split(" ");
  const urn = name === "stack" ? stack : urnOf(name);
  const named = (start: string) =>
    outcomes.filter((outcome) => outcome.startsWith(start)).map((outcome) => outcome.slice(1));
  const [failed, unknown] = [named("!"), named("~")];
  const reports = [
    ...failed.map((policyName) => ({ policyName, enforcementLevel: level, message: `${policyName} failed` })),
    ...unknown.map((policyName) => ({
      policyName,
      enforcementLevel: "advisory",
      message: `can't run policy '${policyName}' from policy pack 'pets@v1.0.0' during preview: it is not known`,
    })),
  ].map((report) => ({ policyEvent: { ...ofPack, ...report, resourceUrn: urn } }));
  const outcome = {
    ...ofPack,
    passed: outcomes.filter((outcome) => /^\w/.test(outcome)),
    failed: [...failed, ...unknown],
  };
  if (name === "stack") return [...reports, { policyAnalyzeStackSummaryEvent: outcome }];
  // The engine takes no step for a resource that a mandatory violation stops.
  const stopped = failed.length > 0 && level === "mandatory";
  const step = (planning: boolean) => ({ planning, metadata: { op, urn } });
  const steps = stopped ? [] : [{ resourcePreEvent: step(dryRun) }, { resOutputsEvent: step(dryRun) }];
  return [...reports, { policyAnalyzeSummaryEvent: { ...outcome, resourceUrn: urn } }, ...steps];
}

export const urnOf = (name: string) => `urn:pulumi:dev::web::random:index/randomPet:RandomPet::${name}`;
export const nameOf = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);
export const deleted = (name: string, op = "delete") => [{ resOutputsEvent: { metadata: { op, urn: urnOf(name) } } }];

export const violated = (policyName: string, message = "m", urn = urnOf("rex")) => ({
  policyEvent: { ...ofPack, policyName, enforcementLevel: "advisory", message, resourceUrn: urn },
});
export const judged = (failed: string[], urn = urnOf("rex")) => ({
  policyAnalyzeSummaryEvent: { ...ofPack, resourceUrn: urn, failed, passed: [] },
});
export const deployed = (urn = urnOf("rex"), was = urn) => ({
  resOutputsEvent: { metadata: { op: "same", urn, old: { urn: was } } },
});

/** @param t an app with the policy pack `pets`, which all its stacks must run. */
export function findingRuns(t: TestApp) {
  async function run(
    { path, ...on }: TestStack,
    events: object[],
    { kind = "update", dryRun = false, status = "succeeded", environment = {} } = {},
  ) {
    const { body } = await t.send(`POST ${path}/${kind}`, { options: { dryRun }, metadata: { environment } });
    const started = await on.start(body.updateID);
    const update = on.update({ id: body.updateID, ...started.body });
    const sent = events.map((event, sequence) => ({ sequence, timestamp: 0, ...event }));
    // Newest first, and the first event twice.
    for (const event of [...sent.toReversed(), ...sent.slice(0, 1)])
      expect((await update.events([event])).status).toBe(200);
    if (status !== "") expect((await update.complete(status)).status).toBe(200);
    return update;
  }
  const up = (on: TestStack, lines: string[], level = "advisory") =>
    run(
      on,
      lines.flatMap((line) => said(line, { level })),
    );
  const preview = (on: TestStack, lines: string[], branch = "main", status = "failed") =>
    run(
      on,
      lines.flatMap((line) => said(line, { dryRun: true })),
      {
        dryRun: true,
        status,
        environment: { "git.headName": `refs/heads/${branch}` },
      },
    );

  const idOf = async ({ path }: TestStack) => (await t.send(`GET ${path}`)).body.id as string;

  /** One line for each finding: `rex length open`. */
  async function findings(on: TestStack): Promise<string[]> {
    const rows = await t.db
      .selectFrom("findings")
      .where("stack_id", "=", await idOf(on))
      .selectAll()
      .execute();
    return rows
      .map(({ urn, policy, status, ended, reopened }) =>
        [nameOf(urn), policy, ended ?? status, reopened || ""].join(" ").trim(),
      )
      .sort();
  }
  async function predictions(on: TestStack): Promise<string[]> {
    const rows = await t.db
      .selectFrom("predictions")
      .where("stack_id", "=", await idOf(on))
      .selectAll()
      .execute();
    return rows.map(({ urn, policy, source, level }) => `${nameOf(urn)} ${policy} ${source} ${level}`).sort();
  }

  return { run, up, preview, idOf, findings, predictions };
}
