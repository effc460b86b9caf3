import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumProgram, openBrowser, openWindow, signIn, type Window } from "./harness/browser.ts";
import type { Command } from "./harness/command.ts";
import { buildGate, type Gate } from "./harness/gate.ts";
import { pack, program, twoWords } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// Somebody has a page open while an update runs. Each test needs the ones before it.

/** What a page reads from time to time, when the server does not tell it of changes, would hide that it does not. */
const NO_POLLING = `(() => {
  const { setInterval } = globalThis;
  globalThis.setInterval = (work, ms, ...more) => (ms >= 10_000 ? 0 : setInterval(work, ms, ...more));
})()`;

describe.skipIf(chromiumProgram === undefined)("an open page of the console", () => {
  let world: World;
  let gate: Gate;
  let browser: Browser;
  let window: Window;
  let terminal: Terminal;
  let up: Command;
  let letThrough: () => void;

  beforeAll(async () => {
    world = await openWorld();
    gate = await buildGate(world, "alice");
    await world.admin.in(pack(world, "pets", { policies: twoWords })).ok("pulumi policy publish acme");
    await world.admin.ok("pulumi policy enable acme/pets latest");
    const source = `
      const rex = resource("rex", { length: 1 });
      const tom = resource("tom", { length: 1 }, { dependsOn: rex });
      resource("kim", { length: 1 }, { dependsOn: tom });`;
    terminal = world.admin.in(program(world, "pets", source)).with(gate.env);
    await terminal.ok("pulumi stack init acme/dev");
    browser = await openBrowser();
    window = await openWindow(browser, { url: world.server.url });
    await window.context.addInitScript(NO_POLLING);
  });
  afterAll(async () => {
    await browser?.close();
    gate?.close();
    await world?.close();
  });

  const results = (page: Page) => page.getByText("This pet's name is too short.");
  const fact = (page: Page, text: string) => page.getByText(text, { exact: true }).first().waitFor();

  test("shows in the activity of the stack a run that is started", async () => {
    const { page } = window;
    await page.goto("/acme/pets/dev");
    await signIn(page, world.adminToken);
    await page.getByText("Nothing was run on this stack yet").waitFor();
    await page.evaluate("globalThis.isSame = true");
    up = terminal.start("exec pulumi up --yes --skip-preview");
    letThrough = await gate.reached("create rex");
    await page.getByRole("link", { name: "Update 1" }).waitFor();
    await page.getByText("1 advisory").waitFor();
  });

  test("shows what policies report in a run as it goes on, and what is in the state", async () => {
    const { page } = window;
    await page.getByRole("link", { name: "Update 1" }).click();
    await fact(page, "running");
    await results(page).waitFor();
    letThrough();
    letThrough = await gate.reached("create tom");
    await results(page).nth(1).waitFor();
    await page.getByText(/^\d in the state so far$/).waitFor();
  });

  test("leads to the sign-in when the session is revoked, and from there back", async () => {
    const { page } = window;
    const { pathname } = new URL(page.url());
    await revokeSessions(world);
    await page.getByRole("textbox", { name: "Access token" }).waitFor();
    await signIn(page, world.adminToken);
    expect(new URL(page.url()).pathname).toBe(pathname);
    await results(page).nth(1).waitFor();
    expect(await results(page).count()).toBe(2);
    letThrough();
    letThrough = await gate.reached("create kim");
    await results(page).nth(2).waitFor();
  });

  test("is told nothing while it is not to be seen, and then what it missed", async () => {
    const { page } = window;
    const over = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/changes"));
    await setVisibility(page, "hidden");
    await over;
    letThrough();
    expect((await up.outcome).code).toBe(0);
    expect(await page.getByText("succeeded", { exact: true }).count()).toBe(0);
    await setVisibility(page, "visible");
    await fact(page, "succeeded");
  });

  test("shows how the run ended, and its receipt, and was never loaded again", async () => {
    const { page, errors } = window;
    await fact(page, "complete");
    expect(await page.evaluate("globalThis.isSame")).toBe(true);
    expect(errors).toEqual([]);
  });
});

async function setVisibility(page: Page, state: string): Promise<void> {
  await page.evaluate(`(() => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "${state}" });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  })()`);
}

async function revokeSessions({ server, adminToken }: World): Promise<void> {
  const headers = { authorization: `token ${adminToken}` };
  const { tokens } = (await (await fetch(`${server.url}/api/user/tokens`, { headers })).json()) as {
    tokens: { id: string; description: string }[];
  };
  const sessions = tokens.filter(({ description }) => description === "console");
  for (const { id } of sessions) await fetch(`${server.url}/api/user/tokens/${id}`, { method: "DELETE", headers });
  expect(sessions).toHaveLength(1);
}
