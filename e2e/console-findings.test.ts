import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumProgram, openBrowser, openWindow, seriousProblems, signIn, type Window } from "./harness/browser.ts";
import { fillFindings } from "./harness/many-findings.ts";
import { hasPostgres, openPostgresWorld, type PostgresWorld } from "./harness/postgres-world.ts";
import { printedToken } from "./harness/printed-token.ts";

const FINDINGS = 5000;
const LIST = "/acme/insights/findings";

// An organization with thousands of findings, which only a database of its own can be filled with fast.

describe.skipIf(chromiumProgram === undefined || !hasPostgres)("findings in the console", () => {
  let world: PostgresWorld;
  let browser: Browser;
  let window: Window;

  beforeAll(async () => {
    world = await openPostgresWorld();
    await fillFindings(world.databaseUrl, FINDINGS);
    browser = await openBrowser();
    window = await openWindow(browser, { url: world.server.url });
    await window.page.goto(LIST);
    await signIn(window.page, world.adminToken);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  const counted = (page: Page, text: string) => page.getByRole("status").filter({ hasText: text }).first().waitFor();
  const cell = (page: Page, text: string) => page.getByRole("cell", { name: text }).first();
  const rows = (page: Page) => page.locator("tbody tr").count();
  async function choose(page: Page, label: string, option: string) {
    await page.getByRole("combobox", { name: label }).click();
    await page.getByRole("option", { name: option }).first().click();
  }
  /** A window of somebody else. */
  async function windowOf(options: string): Promise<Page> {
    const token = await printedToken(world.admin, `quillon user add ${options} --org acme`);
    const { page } = await openWindow(browser, { url: world.server.url });
    await page.goto(LIST);
    await signIn(page, token);
    return page;
  }

  test("all are one table, of which only what is in sight is there, to its last row", async () => {
    const { page, errors } = window;
    await counted(page, "5,000 findings");
    expect(await page.getByRole("table").getAttribute("aria-rowcount")).toBe("5001");
    await cell(page, "bucket-00010").waitFor();
    await page.keyboard.press("End");
    await cell(page, "bucket-04999").waitFor();
    expect(await page.locator("tr", { hasText: "bucket-04999" }).getAttribute("aria-rowindex")).toBe("5001");
    expect(await rows(page)).toBeLessThan(60);
    // The head stays.
    const head = await page.getByRole("columnheader", { name: "Severity" }).boundingBox();
    expect(head?.y).toBeLessThan(70);
    expect(errors).toEqual([]);
  });

  test("back from a finding is where one was", async () => {
    const { page } = window;
    const before = await page.evaluate("scrollY");
    expect(before).toBeGreaterThan(200_000);
    await page.locator("tr", { hasText: "bucket-04999" }).getByRole("link").first().click();
    await page.getByRole("heading", { level: 1, name: "policy-4-1" }).waitFor();
    await page.getByText("urn:pulumi:dev-40::shop-5::aws:s3/bucket:Bucket::bucket-04999").waitFor();
    await page.goBack();
    await cell(page, "bucket-04999").waitFor();
    expect(await page.evaluate("scrollY")).toBe(before);
  });

  test("the keyboard reaches row after row", async () => {
    const { page } = window;
    await page.keyboard.press("Home");
    await cell(page, "bucket-00010")
      .getByRole("link")
      .or(page.getByRole("link", { name: "policy-0-1" }))
      .first()
      .focus();
    for (let n = 0; n < 90; n += 1) await page.keyboard.press("Tab");
    expect(await page.evaluate("Number(document.activeElement.closest('tr').ariaRowIndex)")).toBe(32);
    await page.keyboard.press("Home");
  });

  test("a filter changes the rows and the address, and back takes it away", async () => {
    const { page } = window;
    await choose(page, "Severity", "critical");
    await counted(page, "500 findings");
    await page.keyboard.press("Escape");
    expect(new URL(page.url()).search).toBe("?severity=critical");
    await page.getByRole("button", { name: "Changed" }).click();
    await page.getByRole("columnheader", { name: "Changed" }).and(page.locator("[aria-sort=descending]")).waitFor();
    expect(new URL(page.url()).search).toBe("?severity=critical&sort=-lastModified");
    await page.goBack();
    await page.goBack();
    await counted(page, "5,000 findings");
    await choose(page, "Severity", "critical");
    await counted(page, "500 findings");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.ariaLabel")).toBe("Clear Severity");
    await page.keyboard.press("Enter");
    await counted(page, "5,000 findings");
  });

  test("they are filtered and grouped by the policy group because of which their stacks run the pack", async () => {
    const { page } = window;
    await choose(page, "Policy group", "default-policy-group");
    await counted(page, "25 findings");
    await page.keyboard.press("Escape");
    expect(new URL(page.url()).search).toBe("?group=default-policy-group");
    await page.goto(`${LIST}?view=grouped&by=group`);
    const groups = page.getByRole("table", { name: "Findings by policy group" });
    await groups.getByRole("row", { name: "default-policy-group 25" }).waitFor();
    await groups.getByRole("row", { name: "none 4,975" }).getByRole("link").click();
    await counted(page, "4,975 findings");
    expect(new URL(page.url()).search).toBe("?group=none");
    await page.goto(`${LIST}?view=grouped&group=default-policy-group`);
    await page.getByRole("row", { name: "policy-0-0" }).first().waitFor();
    await page.goto(LIST);
    await counted(page, "5,000 findings");
  });

  test("a cell of the heatmap opens its findings, which can be downloaded", async () => {
    const { page } = window;
    await page.getByRole("tab", { name: "Overview" }).click();
    await page.getByRole("link", { name: /^25\s*13 critical of pack-0 in shop-0.dev-14/ }).click();
    await counted(page, "25 findings");
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      ...{ stack: "shop-0/dev-14", pack: "pack-0", status: "open,in_progress" },
    });
    const download = async (format: string) => {
      const started = page.waitForEvent("download");
      await page.getByRole("button", { name: "Export" }).click();
      await page.getByRole("menuitem", { name: format }).click();
      const file = await started;
      return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
    };
    const csv = await download("CSV");
    expect([csv.name, csv.text.trim().split("\r\n").length]).toEqual(["acme-findings.csv", 26]);
    const sarif = await download("SARIF");
    expect([sarif.name, JSON.parse(sarif.text).runs[0].results.length]).toEqual(["acme-findings.sarif", 25]);
    const json = await download("JSON");
    expect(JSON.parse(json.text).results).toHaveLength(25);
  });

  test("grouped by what they have in common, each number opens its findings", async () => {
    const { page } = window;
    await page.goto(`${LIST}?view=grouped&by=policy&severity=critical`);
    const policy = page.getByRole("row", { name: "policy-0-2" });
    await policy.getByRole("link", { name: "167" }).click();
    await counted(page, "167 findings");
    expect(new URL(page.url()).search).toBe("?severity=critical&policy=policy-0-2");
    await page.goto(`${LIST}?view=grouped&by=stack&severity=critical`);
    await page.getByRole("row", { name: "shop-0/dev-14" }).getByRole("link", { name: "13" }).click();
    await counted(page, "13 findings");
    expect(new URL(page.url()).search).toBe("?severity=critical&stack=shop-0%2Fdev-14");
    const urn = "urn:pulumi:dev-14::shop-0::aws:s3/bucket:Bucket::bucket-01720";
    await page.goto(`${LIST}?view=grouped&overdue=true&urn=${urn}`);
    await page.getByText("No finding matches").waitFor();
    await page.getByRole("button", { name: "Remove: Overdue" }).click();
    await cell(page, "bucket-01720").waitFor();
    expect(await rows(page)).toBe(1);
  });

  test("a policy manager ignores many at once, with a reason and an end", async () => {
    const page = await windowOf("pam --role policy-manager");
    await page.goto(`${LIST}?stack=shop-0/dev-14&severity=critical`);
    await counted(page, "13 findings");
    for (const n of [0, 1])
      await page
        .getByRole("checkbox", { name: /^Select: policy-0/ })
        .nth(n)
        .check();
    await page.getByText("2 selected").waitFor();
    await page.getByRole("button", { name: "Select all 13" }).click();
    await page.getByText("13 selected").waitFor();
    await page.getByRole("button", { name: "Triage 13 findings" }).click();
    await page.getByText("This changes what is reported, never what is enforced").waitFor();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox", { name: "Status" }).click();
    await page.getByRole("option", { name: "ignored" }).click();
    await dialog.getByRole("textbox", { name: "Reason" }).fill("They are empty.");
    await dialog.getByLabel("Until the end of").fill("2999-01-31");
    await dialog.getByRole("textbox", { name: "Comment" }).fill("Ask the shop.");
    await dialog.getByRole("button", { name: "Change 13 findings" }).click();
    await page.getByText("13 findings were changed.").waitFor();
    await expect.poll(() => page.locator("[data-word=ignored]").count()).toBe(13);
    const [row] = await world.query(
      "select count(*)::int as n from findings where status = 'ignored' and comment = 'Ask the shop.'",
    );
    expect(row?.n).toBe(13);
    await page.close();
  });

  test("a member is refused, told why, and nothing changes", async () => {
    await world.admin.ok("quillon org set acme --default-permission read");
    const page = await windowOf("mia");
    await page.goto(`${LIST}?stack=shop-0/dev-14&severity=high`);
    await page.getByRole("checkbox", { name: "Select all that match" }).click();
    await page.getByRole("button", { name: /^Triage/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox", { name: "Status" }).click();
    const ignored = page.getByRole("option", { name: "ignored" });
    await ignored.waitFor();
    expect(await ignored.getAttribute("data-combobox-disabled")).toBe("true");
    await page.getByRole("option", { name: "in progress" }).click();
    await dialog.getByRole("button", { name: /^Change/ }).click();
    await dialog.getByText("needs write access to stack shop-0/dev-14").waitFor();
    expect(await world.query("select from findings where status = 'in_progress'")).toEqual([]);
    await page.close();
  });

  test("quillon finding edit changes several in one step, too", async () => {
    const ids = await world.query("select id from findings where severity = 'low' order by id limit 3");
    const names = ids.map(({ id }) => id).join(" ");
    const { all } = await world.admin.run(`quillon finding edit ${names} --org acme --priority p4`);
    expect(all).toContain("3 findings were changed.");
    expect(await world.query("select from findings where priority = 'p4'")).toHaveLength(3);
  });

  test("the owner is found among more members than a page has", async () => {
    await world.query(
      `insert into users (login, name) select 'person-' || n, 'Person ' || n from generate_series(100, 399) n`,
    );
    await world.query(`insert into members (organization_id, user_id, role)
        select organizations.id, users.id, 'member' from organizations, users where login like 'person-%'`);
    const { page } = window;
    await page.goto(`${LIST}?stack=shop-0/dev-14&severity=low`);
    await page
      .getByRole("link", { name: /^policy-/ })
      .first()
      .click();
    const owner = page.getByRole("combobox", { name: "Owner" });
    await owner.click();
    await owner.fill("son 397");
    await page.getByRole("option", { name: "person-397" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The finding was changed.").waitFor();
    await page.goBack();
    await page.getByText("person-397").waitFor();
  });

  test.each([
    ["light", 1280],
    ["dark", 390],
  ] as const)(
    "in %s colours and %i pixels axe finds nothing serious, and nothing is too wide",
    async (colorScheme, width) => {
      const { page } = await openWindow(browser, {
        url: world.server.url,
        colorScheme,
        viewport: { width, height: 844 },
      });
      await page.goto(LIST);
      await signIn(page, world.adminToken);
      const found: unknown[] = [];
      for (const path of [LIST, `${LIST}?view=overview`]) {
        await page.goto(path, { waitUntil: "networkidle" });
        if (path === LIST)
          await page
            .getByRole("checkbox", { name: /^Select: / })
            .nth(1)
            .check();
        found.push(...(await seriousProblems(page)).slice(0, 5));
        if (await page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"))
          found.push(`${path} is too wide`);
      }
      expect(found).toEqual([]);
      await page.close();
    },
  );
});
