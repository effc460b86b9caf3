import { cpSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { edit, newVersion } from "../packages/server/src/testing/group.ts";
import { newStack, type TestStack } from "../packages/server/src/testing/stack.ts";
import { chromiumProgram, colourProblems, seriousProblems, type Window } from "./harness/browser.ts";
import { type Console, calm, colours, open, openConsole } from "./harness/console.ts";
import { hostile, long, notIsolated, ran } from "./harness/strangers.ts";

// Every page, once, of an organization in which strangers have written the worst that the CLI and the API take: no script of theirs runs,
// and the page stays readable, in both colour schemes and on a phone.

const STACK = "/acme/hostile/dev";
const INSIGHTS = "/acme/insights";
/** Where nothing listens. */
const NOWHERE = "http://127.0.0.1:9/";
const cut = (what: string, most: number) => `${long(what).slice(0, most - 1)}⟧`;

describe.skipIf(chromiumProgram === undefined)("each page of the console", () => {
  let console: Console;
  let window: Window;
  let page: Page;
  const dialogs: string[] = [];
  /** Requests of pages to another host. */
  const elsewhere: string[] = [];
  /** Of things in paths. */
  const ids = { FINDING: "", LIE: "", PREVIEW: "", LIAR: "" };

  beforeAll(async () => {
    console = await openConsole({ QUILLON_WEBHOOK_ALLOW: "127.0.0.1" });
    await Promise.all([runTheCli(console), writeOverTheApi(console)]);
    await afterTheRun(console);
    window = await console.window();
    page = window.page;
    const { host } = new URL(console.world.server.url);
    page.on("request", (request) => {
      if (new URL(request.url()).host !== host) elsewhere.push(request.url());
    });
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
  });
  afterAll(() => console?.close());

  /** Publishes and runs the hostile fixtures. */
  async function runTheCli({ world }: Console): Promise<void> {
    const folder = (name: string) => {
      const copy = join(world.dir, name);
      cpSync(join(import.meta.dirname, "fixtures", name), copy, { recursive: true });
      return world.admin.in(copy);
    };
    const program = folder("hostile-program");
    await Promise.all([
      folder("hostile-pack").ok("pulumi policy publish acme"),
      program.ok("pulumi stack init acme/dev"),
    ]);
    await world.admin.ok("pulumi policy enable acme/hostile latest");
    const up = program.with({ SAID: hostile("message of the update") });
    await up.ok('pulumi up --yes --skip-preview --message "$SAID"');
    await up.ok('pulumi preview --message "$SAID"');
  }

  async function writeOverTheApi({ api }: Console): Promise<void> {
    const policy = (name: string) => ({ name, enforcementLevel: "advisory", message: "m" });
    await newVersion(api, "plain", "1.0.0", [policy("owner")]);
    for (const [request, body] of [
      ["POST /api/user/tokens", { description: cut("token", 1000) }],
      ["POST /api/orgs/acme/users", { login: "mallory", name: hostile("user"), role: "member" }],
      [
        "POST /api/orgs/acme/teams/pulumi",
        { name: "team", displayName: hostile("team"), description: cut("team", 1000) },
      ],
      ["POST /api/orgs/acme/hooks", { name: "hook", displayName: cut("hook", 200), payloadUrl: NOWHERE, active: true }],
      ["POST /api/orgs/acme/hooks/hook/ping", undefined],
    ] as const)
      await send(request, body);
  }

  /** What a client can report that is none of Pulumi's. */
  async function lie({ api }: Console): Promise<TestStack> {
    const stack = await newStack(api);
    const environment = {
      "git.head": hostile("commit"),
      "git.headName": hostile("branch"),
      "ci.system": hostile("pipeline"),
      "ci.build.url": "javascript:globalThis.hostile='link'",
    };
    const { updateID } = await send(`POST ${stack.path}/update`, {
      metadata: { message: long("message"), environment },
    });
    const update = stack.update({ id: updateID, ...(await stack.start(updateID)).body });
    const urn = `urn:pulumi:${stack.name}::web::${hostile("type")}::${hostile("name")}`;
    const ofPack = (policyPackName: string, version: string) => ({
      policyPackName,
      policyPackVersion: version,
      policyPackVersionTag: version,
      resourceUrn: urn,
    });
    const violated = {
      policyName: hostile("policy"),
      severity: hostile("severity"),
      enforcementLevel: "mandatory",
      message: long("lie"),
    };
    const required = ofPack("hostile", "1.0.0");
    const events = [
      { policyEvent: { ...required, ...violated } },
      { policyAnalyzeSummaryEvent: { ...required, passed: [], failed: [violated.policyName] } },
      { policyEvent: { ...ofPack(hostile("pack"), hostile("version")), ...violated } },
      { resOutputsEvent: { metadata: { op: "same", urn } } },
    ];
    await update.events(events.map((event, sequence) => ({ sequence, timestamp: 0, ...event })));
    await update.complete();
    return stack;
  }

  /** What a check of a state elsewhere can report. */
  async function check(): Promise<void> {
    await send("PUT /api/quillon/orgs/acme/elsewhere", { backend: "s3://states", project: "shop", stack: "far" });
    const counts = { mandatory: 1, advisory: 0, excepted: 0, remediated: 0, notEvaluated: 0, passed: 0 };
    const pack = { version: cut("version", 100) };
    const name = cut("policy", 200);
    const said = { level: cut("level", 40), severity: cut("severity", 40), message: cut("lie", 4000) };
    const urn = `urn:pulumi:far::shop::${cut("type", 1000)}::${cut("name", 1000)}`;
    await send("PUT /api/quillon/orgs/acme/stacks/shop/far/check", {
      packs: [{ name: "hostile", ...pack, policies: [{ name, description: "", severity: said.severity, ...counts }] }],
      results: [{ kind: "violated", pack: "hostile", ...pack, policy: name, urn, ...said }],
      leftOut: 0,
    });
  }

  async function afterTheRun(console: Console): Promise<void> {
    await send("POST /api/stacks/acme/hostile/dev/tags", { name: "tag", value: cut("tag", 256) });
    const config = { message: { [hostile("property")]: hostile("value") } };
    await edit(console.api, "default-policy-group", {
      addPolicyPack: { name: "hostile", versionTag: "1.0.0", config },
    });
    await check();
    const stack = await lie(console);
    ids.LIAR = stack.name;
    const { policyIssues } = await send("POST /api/orgs/acme/policyresults/issues", {});
    const findingOf = (policy: string) =>
      policyIssues.find((one: { policyName: string }) => one.policyName === policy)?.id ?? "";
    ids.FINDING = findingOf("message");
    ids.LIE = findingOf(hostile("policy"));
    await send(`PATCH /api/orgs/acme/policyresults/issues/${ids.FINDING}`, {
      status: "ignored",
      reason: cut("triage", 2000),
      expiresAt: "2090-01-01T00:00:00Z",
    });
    const wish = (reason: string) => ({
      policyPack: "hostile",
      match: [{ policies: ["message"], targets: [`urn:pulumi:dev::hostile::a:b:C::${hostile("target")}`] }],
      reason: cut(reason, 2000),
    });
    await send("POST /api/orgs/acme/policy/exceptions", wish("exception"));
    const { changeRequestId } = await send("POST /api/orgs/acme/policy/exceptions/drafts", wish("wish"));
    await send(`POST /api/change-requests/acme/${changeRequestId}/submit`, { description: hostile("request") });
    await send(`POST /api/change-requests/acme/${changeRequestId}/close`, { comment: hostile("comment") });
    const { updates } = await send("GET /api/quillon/orgs/acme/stacks/hostile/dev/updates");
    ids.PREVIEW = updates.find(({ dryRun }: { dryRun: boolean }) => dryRun).updateID;
  }

  async function send(request: string, body?: object) {
    const answer = await console.api.send(request, body);
    if (answer.status >= 300) throw new Error(`${request}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  test.each([
    "/acme",
    "/acme/stacks",
    STACK,
    `${STACK}/resources`,
    `${STACK}/findings`,
    `${STACK}/settings`,
    `${STACK}/updates/1`,
    `${STACK}/updates/1?by=resource`,
    `${STACK}/updates/1?tab=messages`,
    `${STACK}/updates/1?tab=receipt`,
    `${STACK}/updates/1?tab=exceptions`,
    `${STACK}/updates/1?tab=environment`,
    `${STACK}/previews/PREVIEW`,
    "/acme/web/LIAR",
    "/acme/web/LIAR/findings",
    "/acme/shop/far/findings?show=checked",
    "/acme/web/LIAR/updates/1",
    "/acme/web/LIAR/updates/1?tab=environment",
    `${INSIGHTS}/findings`,
    `${INSIGHTS}/findings?view=grouped`,
    `${INSIGHTS}/findings?view=blocked`,
    `${INSIGHTS}/findings/FINDING`,
    `${INSIGHTS}/findings/LIE`,
    `${INSIGHTS}/compliance`,
    `${INSIGHTS}/policypacks`,
    `${INSIGHTS}/policypacks/hostile`,
    `${INSIGHTS}/policypacks/hostile?tab=health`,
    `${INSIGHTS}/policypacks/hostile?tab=versions`,
    `${INSIGHTS}/policypacks/hostile/1.0.0`,
    `${INSIGHTS}/policypacks/hostile/1.0.0?tab=difference`,
    `${INSIGHTS}/policypacks/hostile/1.0.0?tab=readme`,
    `${INSIGHTS}/policygroups`,
    `${INSIGHTS}/policygroups/default-policy-group`,
    `${INSIGHTS}/policygroups/default-policy-group?tab=stacks`,
    `${INSIGHTS}/policygroups/default-policy-group?pack=hostile`,
    `${INSIGHTS}/exceptions`,
    `${INSIGHTS}/exceptions/EXC-1`,
    `${INSIGHTS}/exceptions?view=requests`,
    `${INSIGHTS}/new-exception`,
    `${INSIGHTS}/new-exception?finding=FINDING`,
    `${INSIGHTS}/policypacks/hostile?tab=policies`,
    `${INSIGHTS}/policypacks/hostile?tab=readme`,
    `${INSIGHTS}/findings?view=overview`,
    `${INSIGHTS}/findings?severity=critical&overdue=true`,
    `${INSIGHTS}/findings?view=blocked&stack=hostile/dev`,
    "/acme/audit-log?event=Policy Pack Published",
    `${INSIGHTS}/exceptions?view=ended`,
    `${INSIGHTS}/compliance?by=policy`,
    `${INSIGHTS}/compliance?by=coverage`,
    `${INSIGHTS}/compliance?by=receipts`,
    `${INSIGHTS}/compliance?by=group`,
    "/acme/audit-log",
    "/acme/settings",
    "/acme/settings/members",
    "/acme/settings/teams",
    "/acme/settings/teams/team",
    "/acme/settings/webhooks",
    "/acme/settings/webhooks/hook",
    "/acme/about",
    "/account/tokens",
    "/acme/nothing/is/here",
  ])("%s", async (path) => {
    await open(
      page,
      path.replace(/FINDING|LIE|PREVIEW|LIAR/, (id) => ids[id as keyof typeof ids]),
    );
    expect(await look()).toEqual(WELL);
  });

  test("the configuration of a policy", async () => {
    await open(page, `${INSIGHTS}/policygroups/default-policy-group?pack=hostile`);
    await page.getByRole("button", { name: /^message/ }).click();
    await page.getByRole("combobox", { name: "Level", exact: true }).waitFor();
    expect(await look()).toEqual(WELL);
  });

  test("the page that asks for a token", async () => {
    await page.context().clearCookies();
    await open(page, "/signin");
    expect(await look()).toEqual(WELL);
  });

  /** What is wrong with the page that is open. */
  async function look(): Promise<typeof WELL> {
    const light = await seriousProblems(page);
    const rightToLeft = await notIsolated(page);
    await colours(page, "dark");
    const dark = await colourProblems(page);
    await colours(page, "light");
    await page.setViewportSize({ width: 390, height: 844 });
    await calm(page);
    const width = await page.evaluate<number>("document.documentElement.scrollWidth");
    // The list of findings changes to cards only once it has been told of its width.
    await expect.poll(() => page.evaluate<string[]>(OUT_OF_SIGHT)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 844 });
    await calm(page);
    const narrow = await page.evaluate<number>("document.documentElement.scrollWidth");
    await page.setViewportSize({ width: 1280, height: 720 });
    const errors = window.errors.splice(0);
    return { light, dark, width, narrow, rightToLeft, script: await ran(page), dialogs, elsewhere, errors };
  }
});

/** Cells to which somebody has to scroll sideways; what they cut is not meant. Those of a map of stacks or projects by packs may be: nobody reads it row by row. */
const OUT_OF_SIGHT = `const widthOf = (cell) => getComputedStyle(cell).overflow === "visible" ? cell.scrollWidth : cell.offsetWidth;
[...document.querySelectorAll("main td")]
  .filter((cell) => !cell.closest('[aria-labelledby="worst-projects"], [aria-label="Open findings by stack and policy pack"]'))
  .filter((cell) => cell.getBoundingClientRect().left + widthOf(cell) > innerWidth)
  .map((cell) => cell.textContent.slice(0, 100))`;

const WELL = {
  light: [] as string[],
  dark: [] as string[],
  width: 390,
  /** What WCAG 2.2 asks for in 1.4.10, Reflow. */
  narrow: 320,
  /** Texts that turn the direction of what is beside them. */
  rightToLeft: [] as string[],
  script: null as string | null,
  dialogs: [] as string[],
  elsewhere: [] as string[],
  errors: [] as string[],
};
