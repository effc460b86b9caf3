import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumProgram, openBrowser, openWindow, signIn, type Window } from "./harness/browser.ts";
import { printedToken } from "./harness/printed-token.ts";
import { example } from "./harness/sources.ts";
import { openWorld, type World } from "./harness/world.ts";

// What an organization is at first glance, and what it allows. Each test needs the ones before it.

describe.skipIf(chromiumProgram === undefined)("the overview and the settings in the console", () => {
  let world: World;
  let browser: Browser;
  let window: Window;

  /** An update that ends, and of which nobody reports what policies say. */
  async function endUnproven(stack: string): Promise<void> {
    const path = `${world.server.url}/api/stacks/acme/passwords/${stack}/update`;
    const post = async (url: string, token: string, body: object) => {
      const headers = { authorization: token, "content-type": "application/json" };
      const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
      return (await answer.json().catch(() => ({}))) as { updateID: string; token: string };
    };
    const as = `token ${world.adminToken}`;
    const { updateID } = await post(path, as, { options: {}, metadata: { message: "", environment: {} } });
    const { token } = await post(`${path}/${updateID}`, as, {});
    await post(`${path}/${updateID}/complete`, `update-token ${token}`, { status: "succeeded" });
  }

  /**
   * One stack with findings whose next update is blocked, one that passes, one with an unproven update, one that never reported, and one
   * in no policy group.
   */
  beforeAll(async () => {
    world = await openWorld();
    const alice = world.person("alice", world.adminToken);
    await alice.in(example(world, "packs/passwords")).ok("pulumi policy publish acme");
    const advisory = join(world.dir, "advisory.json");
    writeFileSync(advisory, JSON.stringify({ "password-length": { enforcementLevel: "advisory" } }));
    await alice.ok(`pulumi policy enable acme/passwords latest --config ${advisory}`);
    const inProgram = alice.in(example(world, "programs/passwords"));
    await inProgram.ok("pulumi stack init acme/short");
    await inProgram.ok("pulumi config set length 8");
    await inProgram.ok("pulumi config set special false");
    await inProgram.ok(`pulumi config set --path 'services[0]' database`);
    await inProgram.ok("pulumi up --yes --skip-preview");
    await inProgram.ok("pulumi stack init acme/long --copy-config-from acme/short");
    await inProgram.ok("pulumi config set length 20");
    await inProgram.ok("pulumi config set special true");
    await inProgram.ok("pulumi up --yes --skip-preview");
    await inProgram.ok("pulumi stack init acme/silent");
    await inProgram.ok("pulumi stack init acme/quiet");
    await endUnproven("quiet");
    await inProgram.ok("pulumi stack init acme/free");
    await world.admin.ok("quillon group stack rm default-policy-group passwords/free --org acme");
    await alice.ok("pulumi policy enable acme/passwords latest");
    await inProgram.fails("pulumi preview --stack acme/short");
    browser = await openBrowser();
    window = await openWindow(browser, { url: world.server.url });
    await window.page.goto("/acme");
    await signIn(window.page, world.adminToken);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  const section = (name: string) => window.page.getByRole("region", { name });

  /** Expects that the link has the number, and that the page that it opens has as many rows. */
  async function opens(link: Locator, count: number): Promise<void> {
    const { page } = window;
    expect(Number.parseInt((await link.textContent()) ?? "", 10)).toBe(count);
    await page.goto((await link.getAttribute("href")) ?? "", { waitUntil: "networkidle" });
    await expect.poll(() => rowsOf(page)).toBe(count);
    await page.goto("/acme", { waitUntil: "networkidle" });
  }
  const rowsOf = (page: Page) =>
    page
      .locator("main")
      .getByRole("row")
      .filter({ has: page.getByRole("cell") })
      .count();

  test.each([
    ["Open findings", "All", 0, 2],
    ["Open findings", "All", 1, 2],
    ["Open findings", "All", 2, 0],
    ["Open findings", "All", 3, 0],
    ["Open findings", "high", 0, 1],
    ["Open findings", "low", 1, 1],
  ])("of %s, row %s, number %d is %d, and opens as many rows", async (name, row, place, count) => {
    const cells = section(name)
      .getByRole("row")
      .filter({ has: window.page.getByRole("rowheader", { name: row }) });
    await opens(cells.getByRole("link").nth(place), count);
  });

  test.each([
    ["Governed stacks", 0, 4],
    ["Governed stacks", 1, 1],
    ["Governed stacks", 2, 1],
    ["Governed stacks", 3, 3],
    ["No complete receipt", 0, 1],
    ["No complete receipt", 1, 0],
    ["No complete receipt", 2, 1],
  ])("of %s, number %d is %d, and opens as many rows", async (name, place, count) => {
    await opens(section(name).getByRole("link").nth(place), count);
  });

  test("what is blocked opens as many violations", async () => {
    const { page } = window;
    await page.getByRole("heading", { name: "1 stack is blocked now" }).waitFor();
    const blocked = section("1 stack is blocked now");
    expect(await blocked.getByRole("link", { name: "passwords/password-length" }).getAttribute("href")).toContain(
      "view=blocked&stack=",
    );
    const all = blocked.getByRole("link", { name: "The violation" });
    await page.goto((await all.getAttribute("href")) ?? "", { waitUntil: "networkidle" });
    expect(await rowsOf(page)).toBe(1);
    await page.goto("/acme", { waitUntil: "networkidle" });
  });

  test("both scores are shown as so many of so many, with what was changed", async () => {
    const scores = section("Scores, now and in the last 30 days");
    expect(await scores.getByRole("link", { name: "4 of 6" }).count()).toBe(1);
    expect(await scores.getByRole("link", { name: "1 of 2" }).count()).toBe(1);
    await scores.getByRole("link", { name: "Policy Pack Published" }).first().waitFor();
  });

  test.each([
    ["Failing", ["passwords/short"]],
    ["Passing", ["passwords/long", "passwords/quiet"]],
    ["Stale", ["passwords/long", "passwords/quiet", "passwords/short"]],
    ["Not governed", ["passwords/free"]],
  ])("stacks are filtered by compliance: %s", async (compliance, stacks) => {
    const { page } = window;
    await page.goto("/acme/stacks", { waitUntil: "networkidle" });
    await page.getByRole("combobox", { name: "Compliance" }).click();
    await page.getByRole("option", { name: compliance }).click();
    await page.waitForURL(/compliance=/);
    const names = page.locator("main tbody").getByRole("link", { name: /^passwords\// });
    await expect.poll(() => names.allTextContents()).toEqual(stacks);
  });

  test("the failing resources of each policy group are listed, the most first", async () => {
    const { page } = window;
    await page.goto("/acme/insights/compliance?by=group", { waitUntil: "networkidle" });
    const rows = page.locator("main tbody").getByRole("row");
    expect(await rowsOf(page)).toBe(2);
    expect(await rows.first().textContent()).toMatch(/^password-.*1250 %.*default-policy-group/);
  });

  test("what an admin sets of exceptions is refused afterwards, and shown", async () => {
    const { page } = window;
    const ask = async () => {
      await page.goto("/acme/insights/new-exception", { waitUntil: "networkidle" });
      await page.getByRole("combobox", { name: "Policy pack" }).fill("passwords");
      await page.getByRole("combobox", { name: "Policies" }).fill("password-length");
      const urn = "urn:pulumi:short::passwords::random:index/randomPassword:RandomPassword::database";
      await page.getByRole("combobox", { name: "Resources", exact: true }).fill(urn);
      await page.getByRole("textbox", { name: "Reason" }).fill("It is old.");
      await page.getByRole("combobox", { name: "Unit" }).click();
      await page.getByRole("option", { name: "without an end" }).click();
      await page.getByRole("button", { name: "Make the exception" }).click();
    };
    await page.goto("/acme/settings", { waitUntil: "networkidle" });
    const save = page.getByRole("button", { name: "Save what is allowed of exceptions" });
    expect(await save.isDisabled()).toBe(true);
    await page.getByRole("switch", { name: "Each exception needs an end" }).check();
    await save.click();
    await page.getByText("Saved. It holds from now on.").waitFor();
    await ask();
    await page.getByText("it needs an end, because the organization says so").waitFor();
    await page.goto("/acme/settings", { waitUntil: "networkidle" });
    expect(await page.getByRole("switch", { name: "Each exception needs an end" }).isChecked()).toBe(true);
    await page.getByRole("switch", { name: "Each exception needs an end" }).uncheck();
    await world.admin.ok("quillon policy exception rule --org acme --longest 90d");
    await save.click();
    const refused = page.getByText("was changed since you read it");
    await refused.waitFor();
    expect(await page.getByRole("textbox", { name: "Longest time of an exception" }).inputValue()).toBe("");
    await page.getByRole("button", { name: "Try again" }).click();
    await refused.waitFor({ state: "detached" });
    expect(await page.getByRole("textbox", { name: "Longest time of an exception" }).inputValue()).toBe("90");
    await page.getByRole("textbox", { name: "Longest time of an exception" }).fill("");
    await page.getByRole("switch", { name: "Each exception needs an end" }).uncheck();
    await save.click();
    await page.getByText("Saved. It holds from now on.").waitFor();
    await ask();
    await page.waitForURL(/insights\/exceptions\//);
  });

  test("receipts that must be complete, days until a finding is overdue, and what members may do are set", async () => {
    const { page } = window;
    await page.goto("/acme/settings", { waitUntil: "networkidle" });
    await page.getByRole("switch", { name: /complete receipt stops the next one/ }).check();
    await page.getByRole("button", { name: "Save what receipts stop" }).click();
    await expect.poll(() => world.admin.ok("quillon receipt rule --org acme")).toContain("stops the next one");
    await page.getByRole("textbox", { name: "High, in days" }).fill("3");
    await page.getByRole("textbox", { name: "Low, in days" }).fill("");
    await page.getByRole("button", { name: "Save when findings are overdue" }).click();
    await expect
      .poll(() => world.admin.ok("quillon finding rule --org acme"))
      .toMatch(/high.*after 3 days.*low.*never/s);
    await page.getByRole("combobox", { name: "On every stack, a member may" }).click();
    await page.getByRole("option", { name: "Nothing" }).click();
    await page.getByRole("button", { name: "Save what members may do" }).click();
    const set = async () => (await page.request.get("/api/quillon/orgs/acme")).json();
    await expect.poll(set).toMatchObject({ defaultStackPermission: "none" });
  });

  test("a member reads the settings and can't change them", async () => {
    const token = await printedToken(world.admin, "quillon user add bob --org acme");
    const { page, errors } = await openWindow(browser, { url: world.server.url });
    await page.goto("/acme/settings");
    await signIn(page, token);
    await page.getByText("Only admins of the organization may change this.").first().waitFor();
    await page.getByText("Only policy managers and admins of the organization may change this.").waitFor();
    expect(await page.getByRole("switch", { name: "Each exception needs an end" }).isDisabled()).toBe(true);
    expect(await page.getByRole("switch", { name: /complete receipt stops/ }).isChecked()).toBe(true);
    expect(await page.getByRole("button", { name: /^Save/ }).count()).toBe(0);
    const rule = { approval: false, longestHours: null, endRequired: true, forbiddenFrom: null };
    const refused = await page.request.put("/api/quillon/orgs/acme/exception-rule", {
      data: rule,
      headers: { origin: world.server.url },
    });
    expect(refused.status()).toBe(403);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("the page about the server says its version, its health and what it stores", async () => {
    const { page } = window;
    await page.goto("/acme/about", { waitUntil: "networkidle" });
    const facts = page.getByRole("table", { name: "This server" });
    await expect
      .poll(() => facts.textContent())
      .toMatch(/ready.*Quillon \d+\.\d+\.\d+.*PostgreSQL \d+.* MB.*1 archive/i);
    expect(window.errors).toEqual([]);
  });
});
