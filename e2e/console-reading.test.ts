import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { edit } from "../packages/server/src/testing/group.ts";
import { PACKS, publication, uploadAndComplete } from "../packages/server/src/testing/pack.ts";
import { policyRun, urnOf } from "../packages/server/src/testing/policy-run.ts";
import { newStack, type TestStack } from "../packages/server/src/testing/stack.ts";
import { chromiumProgram, type Window } from "./harness/browser.ts";
import { type Console, open, openConsole, settled } from "./harness/console.ts";
import { type Hands, handsOn } from "./harness/hands.ts";

// What somebody does in the console who changes nothing: look for something, filter it, open it, and go back.

const README = `# Pets

Names of pets, *long enough*.

- [What a pet is](https://pets.example/what)
- [How to call one](javascript:alert(1))

![A pet](https://pets.example/pet.png)

| Policy | Level |
|---|---|
| length | mandatory |
`;
const policies = [
  {
    name: "length",
    description: "Names are long.",
    enforcementLevel: "mandatory",
    tags: ["names"],
    message: "m",
    remediationSteps: "Set length to 2.",
    url: "https://pets.example/names",
  },
  { name: "prefix", description: "Names begin well.", enforcementLevel: "advisory", tags: ["style"], message: "m" },
];

describe.skipIf(chromiumProgram === undefined)("reading in the console", () => {
  let console: Console;
  let window: Window;
  let page: Page;
  let { button, choose }: Hands = {} as Hands;
  /** One that runs, and one that only was previewed. */
  let dev: TestStack;
  let prod: TestStack;

  beforeAll(async () => {
    console = await openConsole();
    const { api } = console;
    const { uploadURI } = await send(`POST ${PACKS}`, { ...publication("pets", "1.0.0"), policies, readme: README });
    await uploadAndComplete(api, { name: "pets", version: "1.0.0", uploadURI });
    await edit(api, "default-policy-group", { addPolicyPack: { name: "pets", versionTag: "1.0.0" } });
    dev = await newStack(api);
    prod = await newStack(api, { tags: { env: "prod" } });
    const resources = ["root", "rex", "tom"].map((name) => ({
      urn: urnOf(dev.name, name),
      type: urnOf(dev.name, name).split("::")[2],
      custom: name !== "root",
      ...(name !== "root" && { parent: urnOf(dev.name, "root") }),
    }));
    await send(`POST ${dev.path}/import`, { version: 3, deployment: { resources } });
    await policyRun(dev, { lines: ["rex !length !prefix", "tom length prefix"] });
    await policyRun(prod, { lines: ["kim !length"], dryRun: true, level: "mandatory", status: "failed" });
    await send("POST /api/orgs/acme/policy/exceptions", {
      policyPack: "pets",
      match: [{ policies: ["prefix"], targets: [urnOf(dev.name, "rex")] }],
      reason: "It is old.",
    });
    window = await console.window();
    page = window.page;
    ({ button, choose } = handsOn(page));
  });
  afterAll(() => console?.close());

  async function send(request: string, body?: object) {
    const answer = await console.api.send(request, body);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return answer.body;
  }
  /** The names of what is listed. */
  const listed = () => page.getByRole("main").locator("tbody tr td:first-child a:first-of-type").allTextContents();
  /** That nobody has to scroll sideways to it on a phone. */
  async function isInSight(what: Locator): Promise<void> {
    const { x = 0, width = 0 } = (await what.boundingBox()) ?? {};
    expect(width).toBeGreaterThan(0);
    expect(x + width).toBeLessThanOrEqual(390);
  }
  const tab = (name: string | RegExp) => page.getByRole("tab", { name });

  test("stacks are found by a part of their name and by a tag", async () => {
    await open(page, "/acme/stacks");
    await expect.poll(async () => (await listed()).sort()).toEqual([`web/${dev.name}`, `web/${prod.name}`].sort());
    const stopped = page.getByRole("row", { name: prod.name });
    expect(
      await stopped.getByRole("link", { name: "blocked by 1 mandatory violation" }).getAttribute("href"),
    ).toContain("view=blocked");
    expect(await page.getByRole("row", { name: dev.name }).getByText("blocked").count()).toBe(0);
    await page.getByRole("textbox", { name: "Tag" }).fill("env:prod");
    await expect.poll(listed).toEqual([`web/${prod.name}`]);
    await page.waitForURL(/tag=env/);
    await page.getByRole("textbox", { name: "Project or stack" }).fill("nothing");
    await page.getByText("No stack matches").waitFor();
  });

  test("each tab of a stack has an address, and back and forward go through them", async () => {
    const stack = `/acme/web/${dev.name}`;
    await open(page, stack);
    await tab("Resources").click();
    await page.getByText("tom").waitFor();
    await tab("Findings").click();
    await page.getByRole("link", { name: "length" }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`${stack}/findings`);
    await page.goBack();
    await page.getByText("tom").waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "Update 2" }).waitFor();
    await page.goForward();
    await page.getByText("tom").waitFor();
    expect(new URL(page.url()).pathname).toBe(`${stack}/resources`);
  });

  test("resources are a tree, of which a part is looked for, and each leads to its findings", async () => {
    await button("Hide what is below root").click();
    await page.getByText("2 below").waitFor();
    await button("Show what is below root").click();
    await page.getByText("tom").waitFor();
    await page.getByRole("switch", { name: "Only with open findings" }).check();
    await page.getByText("tom").waitFor({ state: "detached" });
    await page.getByRole("link", { name: "2 open findings of rex" }).click();
    await page.getByRole("link", { name: "length" }).waitFor();
    await button("Of every resource").click();
    await expect.poll(() => new URL(page.url()).search).toBe("");
  });

  test("a stack's findings that have ended, and what previews show, are lists of their own", async () => {
    const which = page.getByRole("radiogroup", { name: "Which findings" });
    await which.getByText("Ended").click();
    await page.getByText("No finding of this stack has ended yet").waitFor();
    await open(page, `/acme/web/${prod.name}/findings`);
    await page.getByRole("link", { name: "1 mandatory violation" }).click();
    await page.getByText("stops the update").waitFor();
    await page.getByRole("link", { name: "The run" }).click();
    await page.getByRole("heading", { level: 1, name: /^Preview of web/ }).waitFor();
  });

  test("what a check found in the state of a stack elsewhere is shown, and that it enforced nothing", async () => {
    const stack = { project: "shop", stack: "far" };
    await send("PUT /api/quillon/orgs/acme/elsewhere", { backend: "s3://states", ...stack });
    const counts = { mandatory: 1, advisory: 0, excepted: 0, remediated: 0, notEvaluated: 0, passed: 0 };
    const policy = { name: "length", description: "", severity: "high" };
    const found = { pack: "pets", version: "1.0.0", policy: "length", severity: "high" };
    await send("PUT /api/quillon/orgs/acme/stacks/shop/far/check", {
      packs: [{ name: "pets", version: "1.0.0", policies: [{ ...policy, ...counts }] }],
      results: [{ kind: "violated", level: "mandatory", urn: urnOf("far", "rex"), message: "Too short.", ...found }],
      leftOut: 2,
    });
    const before = page.url();
    await open(page, "/acme/stacks");
    await page.getByRole("row", { name: "shop/far" }).getByRole("cell", { name: "–", exact: true }).waitFor();
    await open(page, "/acme/shop/far/findings");
    await page.getByRole("radiogroup", { name: "Which findings" }).getByText("Checked (1)").click();
    await page.getByText("Too short.").waitFor();
    expect(await page.getByRole("status").filter({ hasText: "not enforced" }).textContent()).toMatch(
      /^Checked .* by .*, and not enforced: .* 2 more results of this check are only counted\.$/,
    );
    await open(page, `/acme/web/${dev.name}/findings`);
    await page.getByRole("link", { name: "length" }).waitFor();
    expect(await page.getByText("Checked", { exact: true }).count()).toBe(0);
    await open(page, before);
  });

  test("a run is read by policy and by resource, with its messages, receipt, exceptions and environment", async () => {
    await page.getByText("Stopped by policies: 1 violation").waitFor();
    const policy = page.getByRole("region", { name: "length", exact: true });
    await policy.getByText("How to fix it").waitFor();
    await policy.getByText("Set length to 2.").waitFor();
    expect(await policy.getByRole("link", { name: "https://pets.example/names" }).count()).toBe(1);
    await page.getByText("By resource").click();
    await page
      .getByRole("region", { name: urnOf(prod.name, "kim") })
      .getByText("How to fix it")
      .click();
    await page.getByText("Set length to 2.").waitFor();
    for (const [name, said] of [
      ["Messages", "The engine said nothing"],
      ["Receipt", /The receipt says|The receipt is being made/],
      ["Exceptions", "No exception was in effect"],
      ["Environment", "As the client said it."],
    ] as const) {
      await tab(name).click();
      await page.getByText(said).first().waitFor();
    }
    await page.goBack();
    await expect.poll(() => tab("Exceptions").getAttribute("aria-selected")).toBe("true");
  });

  test("a run that a pack has made fail says so, and not that no mandatory policy was violated", async () => {
    const broken = await newStack(console.api);
    const threw = `Error validating resource with policy 'length' from policy pack 'pets@v1.0.0'`;
    await policyRun(broken, {
      status: "failed",
      events: [
        { preludeEvent: { config: {} } },
        { diagnosticEvent: { severity: "error", message: threw, urn: urnOf(broken.name, "rex") } },
      ],
    });
    const before = page.url();
    await open(page, `/acme/web/${broken.name}/updates/1`);
    await page.getByText("It failed because of policy pack pets 1.0.0").waitFor();
    await page.getByText("This policy pack made the run fail").waitFor();
    expect(await page.getByText("no mandatory policy was violated").count()).toBe(0);
    await open(page, before);
  });

  test("what is blocked leads to the run, the policy and an exception", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open(page, "/acme/insights/findings?view=blocked");
    await isInSight(page.getByRole("link", { name: /^Ask for one/ }));
    await open(page, "/acme");
    await isInSight(page.getByRole("link", { name: "Preview", exact: true }));
    await page.setViewportSize({ width: 1280, height: 720 });
    await open(page, "/acme/insights/findings?view=blocked");
    await page.getByRole("link", { name: "The run" }).click();
    await page.getByText("Stopped by policies: 1 violation").waitFor();
    await open(page, "/acme");
    await page.getByRole("link", { name: "pets/length" }).click();
    await page.getByRole("link", { name: "length", exact: true }).click();
    await page.getByText("Names are long.").waitFor();
    expect(await page.getByText("Names begin well.").count()).toBe(0);
  });

  test("exceptions are filtered and sorted, and one leads to what it lets through", async () => {
    await open(page, "/acme/insights/exceptions");
    await page.getByRole("textbox", { name: "Policy pack" }).fill("other");
    await page.getByText("No exception matches").waitFor();
    await page.getByRole("textbox", { name: "Policy pack" }).fill("pets");
    await choose("Show", "Those that end first");
    await page.getByRole("link", { name: "EXC-1" }).click();
    await page.getByText(urnOf(dev.name, "rex")).waitFor();
    await page.goBack();
    await tab("Ended or removed").click();
    await page.getByText("No exception matches").or(page.getByText("No exception has ended")).waitFor();
  });

  test("the audit log is filtered by event and person, and shows what an event changed", async () => {
    await open(page, "/acme/audit-log");
    await page.getByRole("combobox", { name: "Event" }).fill("Policy Pack");
    await page.getByRole("option", { name: "Policy Pack Published" }).click();
    await page.waitForURL(/event=/);
    await page.getByRole("cell", { name: "Policy Pack Published" }).waitFor();
    await page.getByRole("textbox", { name: "Person" }).fill("nobody-here");
    await page.getByText("No event matches").waitFor();
    await page.getByRole("textbox", { name: "Person" }).fill("");
    await button("Clear Event").click();
    await button("Changes").first().click();
    await button("Hide").waitFor();
  });

  test("compliance is counted by what is asked for, and coverage lists its stacks", async () => {
    await open(page, "/acme/insights/compliance");
    for (const name of ["Policies", "Projects", "Stacks", "Severities"]) {
      await tab(name).click();
      await page.getByRole("table", { name: /^Scores by/ }).waitFor();
    }
    await tab("Coverage").click();
    await page.getByRole("radiogroup", { name: "Which stacks" }).getByText("Governed", { exact: true }).click();
    await page.getByRole("link", { name: `web/${prod.name}` }).waitFor();
    await tab("Receipts").click();
    await page.getByRole("radiogroup").waitFor();
  });

  test("the overview has the worst project first, and a run what a policy changed", async () => {
    const shop = await newStack(console.api);
    const remediated = {
      ...{ policyPackName: "pets", policyPackVersion: "1.0.0", policyPackVersionTag: "1.0.0", policyName: "prefix" },
      ...{ resourceUrn: urnOf(shop.name, "kim"), before: { length: 1, same: 2 }, after: { length: 9, same: 2 } },
    };
    await policyRun(shop, { lines: ["kim length prefix"], events: [{ policyRemediationEvent: remediated }] });
    await send(`POST ${shop.path}/rename`, { newName: shop.name, newProject: "a-shop" });
    await open(page, "/acme");
    const projects = page.getByRole("region", { name: "Projects, the worst first" }).getByRole("rowheader");
    expect(await projects.allTextContents()).toEqual(["web", "a-shop"]);
    await open(page, `/acme/a-shop/${shop.name}/updates/1`);
    const changes = page.getByRole("main").locator("pre", { hasText: "length" });
    expect(await changes.textContent()).toBe("− Before length: 1+ After length: 9");
  });

  test("a readme has its headings, lists and tables, no link but to web pages, and asks no other host", async () => {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).host));
    await open(page, "/acme/insights/policypacks");
    await page.getByRole("link", { name: "2 policies of pets" }).click();
    await page.getByText("names", { exact: true }).waitFor();
    await tab("Readme").click();
    await page.getByRole("heading", { level: 2, name: "Pets" }).waitFor();
    await page.getByRole("cell", { name: "mandatory" }).waitFor();
    const links = page.getByRole("tabpanel").getByRole("link");
    expect(await Promise.all((await links.all()).map((link) => link.getAttribute("href")))).toEqual([
      "https://pets.example/what",
      "https://pets.example/pet.png",
    ]);
    expect(await page.getByRole("tabpanel").locator("img").count()).toBe(0);
    expect([...new Set(asked)]).toEqual([new URL(console.world.server.url).host]);
  });

  test("a deep tree of resources has its names and findings in sight on a phone", async () => {
    const stack = await newStack(console.api);
    const urns = [...Array(15).keys()].map((depth) => urnOf(stack.name, `pet-${depth}`));
    const resources = urns.map((urn, depth) => ({
      ...{ urn, type: urn.split("::")[2], custom: false },
      ...(depth > 0 && { parent: urns[depth - 1] }),
    }));
    await send(`POST ${stack.path}/import`, { version: 3, deployment: { resources } });
    await policyRun(stack, { lines: ["pet-14 !length"] });
    await page.setViewportSize({ width: 390, height: 844 });
    await open(page, `/acme/web/${stack.name}/resources`);
    await isInSight(page.getByRole("link", { name: "1 open finding of pet-14" }));
    const name = page.getByText("pet-14", { exact: true });
    await isInSight(name);
    expect((await name.boundingBox())?.x).toBeLessThan(390 / 3);
    await page.setViewportSize({ width: 1280, height: 720 });
  });

  test("a pack can be enabled only in a group that is chosen", async () => {
    await open(page, "/acme/insights/policypacks/pets");
    await button("Enable in a policy group").click();
    const enable = page.getByRole("dialog").getByRole("button", { name: "Enable" });
    expect(await enable.isDisabled()).toBe(true);
    await page.keyboard.press("Escape");
  });

  test("what can't be read says why, and is read again when it is asked for", async () => {
    const path = "**/api/quillon/orgs/acme/stacks?**";
    await page.route(path, (route) => route.fulfill({ status: 409, json: { message: "The database is away." } }));
    await page.route(path.replace("?**", ""), (route) =>
      route.fulfill({ status: 409, json: { message: "The database is away." } }),
    );
    await page.goto("/acme/stacks");
    await page.getByRole("alert").getByText("The database is away.").waitFor();
    await page.unrouteAll();
    await button("Try again").click();
    await page.getByRole("link", { name: `web/${dev.name}`, exact: true }).waitFor();
  });

  test("the colours change, and stay when the page is opened again", async () => {
    await open(page, "/acme");
    await button("Show dark colours").click();
    await page.reload();
    await settled(page);
    await button("Show light colours").click();
    await button("Show dark colours").waitFor();
    expect(window.errors).toEqual([]);
  });
});
