import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumProgram, OTHER_NAME, openWindow, signIn, type Window } from "./harness/browser.ts";
import { type Console, open, openConsole } from "./harness/console.ts";
import { hasNamespaces, ownNetwork } from "./harness/own-network.ts";
import { printedToken } from "./harness/printed-token.ts";
import { example } from "./harness/sources.ts";
import { Terminal } from "./harness/terminal.ts";
import type { World } from "./harness/world.ts";

// A newcomer whose update was stopped opens the console. Each test needs the ones before it.

describe.skipIf(chromiumProgram === undefined)("the console", () => {
  let console: Console;
  let world: World;
  let window: Window;

  beforeAll(async () => {
    console = await openConsole();
    world = console.world;
    window = await openWindow(console.browser, { url: world.server.url });
  });
  afterAll(() => console?.close());

  test("asks who is there, refuses a wrong token, and opens the page that was asked for", async () => {
    const { page } = window;
    await page.goto("/acme/stacks?name=web");
    await page.getByRole("textbox", { name: "Access token" }).fill("qln_wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect.poll(() => page.getByRole("alert").textContent()).toContain("not valid");
    await signIn(page, world.adminToken);
    expect(new URL(page.url()).pathname).toBe("/acme/stacks");
    expect(new URL(page.url()).search).toBe("?name=web");
  });

  test("works over plain http, too, where pages may use less of a browser than at localhost", async () => {
    const { port } = new URL(world.server.url);
    const { page, context } = await openWindow(console.browser, { url: `http://${OTHER_NAME}:${port}` });
    await page.goto("/acme/stacks");
    await signIn(page, world.adminToken);
    await page.getByRole("heading", { name: "Stacks" }).waitFor();
    await page.goto("/account/tokens");
    await page.getByRole("textbox", { name: "What the token is for" }).fill("a script");
    await page.getByRole("button", { name: "Make a token" }).click();
    await page.getByRole("alert").getByText(/^qln_/).waitFor();
    // What is in a button can't be selected, and there is no clipboard.
    expect(await page.getByRole("button", { name: /^Copy/ }).count()).toBe(0);
    await context.close();
  });

  test("says so when the browser does not keep the session", async () => {
    const { page, context } = await openWindow(console.browser, { url: world.server.url });
    await page.route("**/api/quillon/session", (route) =>
      route.request().method() === "GET" ? route.fulfill({ status: 401, json: {} }) : route.continue(),
    );
    await page.goto("/acme");
    await page.getByRole("textbox", { name: "Access token" }).fill(world.adminToken);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect.poll(() => page.getByRole("alert").textContent()).toContain("does not know you any more");
    await context.close();
  });

  test("keeps nothing in the browser that a script could read", async () => {
    const { page, context } = window;
    const kept = await page.evaluate("JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])");
    expect(kept).not.toContain(world.adminToken);
    expect(kept).not.toContain("qls_");
    expect(await context.cookies()).toMatchObject([{ name: "quillon_session", httpOnly: true, sameSite: "Strict" }]);
  });

  test("loads nothing from another host and breaks no rule of its Content-Security-Policy", async () => {
    const { page, errors } = window;
    const hosts = new Set<string>();
    page.on("request", (request) => hosts.add(new URL(request.url()).host));
    await open(page, "/acme");
    expect([...hosts]).toEqual([new URL(world.server.url).host]);
    expect(errors).toEqual([]);
  });

  test("pulumi login without a token opens the console, which hands a token over when the person agrees", async () => {
    const { url } = world.server;
    // The CLI asks other terminals for their colours, and waits for the answer.
    const newcomer = world.person("newcomer").with({ PULUMI_CONSOLE_DOMAIN: new URL(url).host, TERM: "screen" });
    const opened = join(world.dir, "opened");
    // The program that opens a browser: https://github.com/pkg/browser/blob/master/browser_linux.go
    const program = join(world.dir, "bin", "xdg-open");
    writeFileSync(program, `#!/bin/sh\necho "opened $1"\necho "$1" > '${opened}'\n`);
    chmodSync(program, 0o755);
    const login = newcomer.start(`mkfifo keys && script -qec 'pulumi login ${url}' /dev/null <> keys`);
    await login.prints(/to log in using your browser/);
    await newcomer.ok("printf '\\r' > keys");
    await login.prints(/Waiting for login to complete/);
    const { page } = window;
    await page.goto(readFileSync(opened, "utf8").trim());
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("heading", { name: "The Pulumi CLI is logged in" }).waitFor();
    expect((await login.outcome).code).toBe(0);
    expect(await newcomer.ok("pulumi whoami")).toContain("admin");
    await page.goto("/account/tokens");
    await page.getByRole("cell", { name: /^Generated by pulumi login/ }).waitFor();
  });

  test("the link that a stopped pulumi up prints opens the preview, which shows the policy, the resource and the reason", async () => {
    const host = new URL(world.server.url).host;
    const alice = world.person("alice", world.adminToken).with({ PULUMI_CONSOLE_DOMAIN: host });
    const pack = alice.in(example(world, "packs/passwords"));
    const published = await pack.ok("pulumi policy publish acme");
    await alice.ok("pulumi policy enable acme/passwords latest");
    const inProgram = alice.in(example(world, "programs/passwords"));
    await inProgram.ok("pulumi stack init acme/dev");
    const stopped = await inProgram.fails("pulumi preview");
    const { page, errors } = window;
    await page.goto(linkIn(stopped, /View Live: (\S+)/));
    await page.getByText("password-length").first().waitFor();
    await page.getByText("A password needs at least 16 characters, and this one gets 8.").first().waitFor();
    await page.goto(linkIn(published, /Permalink: (\S+)/));
    await page
      .getByRole("heading", { name: /passwords/ })
      .first()
      .waitFor();
    await page.getByText("password-length").first().waitFor();
    expect(errors).toEqual([]);
  });

  const loggedInOverPort3000 = async () => {
    const network = await ownNetwork();
    const inside = world.person("insider").with({ TERM: "screen" }).under(network.starter);
    const { PULUMI_CONSOLE_DOMAIN: _, ...env } = inside.env;
    const terminal = new Terminal(inside.dir, env, inside.starter);
    const server = terminal.start(`exec quillon server --data '${join(world.dir, "inside")}'`);
    try {
      const [, token = ""] = await server.prints(/^Made user .*: (qln_\S+)$/m);
      await server.prints(/^Quillon listens on /m);
      const opened = join(world.dir, "opened-inside");
      // A browser is sent on from localhost:3000, and asks its person. This one only says where it was sent.
      const browser = `#!/bin/sh\ncurl -s -o /dev/null -w '%{redirect_url}' "$1" > '${opened}'\necho "sent on from $1"\n`;
      writeFileSync(join(world.dir, "bin", "xdg-open"), browser);
      chmodSync(join(world.dir, "bin", "xdg-open"), 0o755);
      const login = terminal.start(
        `mkfifo inside-keys && script -qec 'pulumi login http://localhost:8080' /dev/null <> inside-keys`,
      );
      await login.prints(/to log in using your browser/);
      await terminal.ok("printf '\\r' > inside-keys");
      await login.prints(/Waiting for login to complete/);
      const page = new URL(readFileSync(opened, "utf8"));
      expect(page.href).toMatch(/^http:\/\/localhost:8080\/cli-login\?/);
      const [port, nonce] = ["cliSessionPort", "cliSessionNonce"].map((name) => page.searchParams.get(name));
      await terminal.ok(`curl -s 'http://localhost:${port}/?accessToken=${token}&nonce=${nonce}'`);
      expect((await login.outcome).code).toBe(0);
      expect(await terminal.ok("pulumi whoami")).toContain("admin");
    } finally {
      server.signal("SIGKILL");
      network.close();
    }
  };
  if (hasNamespaces())
    test("pulumi login http://localhost:8080 opens localhost:3000, which leads to the console", loggedInOverPort3000);

  test("from the overview it takes three clicks to which policy stopped which resource, and to why the stack has the policy", async () => {
    const { page } = window;
    await page.goto("/acme");
    await page.getByText("password-length").first().waitFor();
    await page.getByRole("link", { name: "passwords/dev" }).first().click();
    await page.waitForURL("**/acme/passwords/dev");
    await page.getByRole("link", { name: "Preview" }).first().click();
    await page.getByText("this one gets 8").first().waitFor();
    await page.goBack();
    await page.getByRole("tab", { name: "Policies and settings" }).click();
    await page.getByRole("link", { name: "default-policy-group" }).first().waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "Preview" }).first().waitFor();
  });

  test("the search, which a key opens, finds a stack by a part of its name", async () => {
    const { page } = window;
    await page.goto("/acme/about");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("/");
    await page.getByPlaceholder(/A stack/).fill("words/d");
    await page.getByRole("button", { name: /passwords\/dev/ }).click();
    await page.waitForURL("**/acme/passwords/dev");
  });

  test("a member sees what they may read, and is told what is only for admins", async () => {
    await world.admin.ok("quillon org set acme --default-permission none");
    const token = await printedToken(world.admin, "quillon user add bob --org acme");
    const { page, context, errors } = await console.window(token);
    await page.goto("/acme/audit-log");
    await page.getByText("Only admins of the organization may see the audit log").waitFor();
    await open(page, "/acme/stacks");
    expect(await page.getByText("passwords/dev").count()).toBe(0);
    await page.goto("/other/stacks");
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });

  async function signOut(page: Page): Promise<void> {
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
  }

  test("a sign-out that does not reach the server is said", async () => {
    const { page } = window;
    await page.goto("/acme");
    await page.route("**/api/quillon/session", (route) =>
      route.request().method() === "DELETE" ? route.abort() : route.continue(),
    );
    await signOut(page);
    await page.getByText("You are still signed in").waitFor();
    await page.unroute("**/api/quillon/session");
    expect(new URL(page.url()).pathname).toBe("/acme");
  });

  test("who is signed out in one tab is asked to sign in, in the other, and goes back past that", async () => {
    const { page, context } = window;
    const other = await context.newPage();
    await open(other, "/acme/insights/policypacks");
    await open(other, "/acme/stacks");
    await page.goto("/acme");
    await signOut(page);
    await page.getByRole("textbox", { name: "Access token" }).waitFor();
    await other.getByRole("textbox", { name: "Access token" }).waitFor();
    await signIn(other, world.adminToken);
    expect(new URL(other.url()).pathname).toBe("/acme/stacks");
    await other.goBack();
    await other.getByRole("heading", { name: "Policy packs" }).waitFor();
    await context.clearCookies();
    await other.getByRole("link", { name: "Policy groups" }).click();
    await other.getByText("Your session has ended").waitFor();
  });
});

function linkIn(output: string, pattern: RegExp): string {
  const [, link] = pattern.exec(output) ?? [];
  if (!link) throw new Error(`No link was printed:\n${output}`);
  return link;
}
