import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Destination } from "../packages/server/src/testing/destination.ts";
import { newStack } from "../packages/server/src/testing/stack.ts";
import { chromiumProgram, openWindow, type Window } from "./harness/browser.ts";
import { type Console, open, openConsole } from "./harness/console.ts";
import { type Hands, handsOn } from "./harness/hands.ts";
import { hasNginx, PERSON, startNginx } from "./harness/nginx.ts";
import { example } from "./harness/sources.ts";

// What an admin does in the console with tokens, people, teams and webhooks, and what the API says of it afterwards.

describe.skipIf(chromiumProgram === undefined)("people and webhooks in the console", () => {
  let console: Console;
  let destination: Destination;
  let bob: string;
  let window: Window;
  let page: Page;
  let { button, field, choose, agree }: Hands = {} as Hands;

  beforeAll(async () => {
    destination = await Destination.listen();
    console = await openConsole({
      QUILLON_WEBHOOK_ALLOW: "127.0.0.1",
      QUILLON_TRUST_PROXY: "127.0.0.1",
      QUILLON_PROXY_USER_HEADER: "X-Forwarded-User",
    });
    bob = (await send("POST /api/orgs/acme/users", { login: "bob", role: "member" })).token;
    window = await console.window();
    page = window.page;
    ({ button, field, choose, agree } = handsOn(page));
  });
  afterAll(async () => {
    await console?.close();
    await destination?.close();
  });
  beforeEach(() => window.errors.splice(0));

  async function send(request: string, body?: object) {
    const answer = await console.api.send(request, body);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return answer.body;
  }

  test("a token is made, shown once, works, and does not any more when it is revoked", async () => {
    await open(page, "/account/tokens");
    await field("What the token is for").fill("the pipeline of web");
    await button("Make a token").dblclick();
    const copy = page.getByRole("button", { name: /^Copy: qln_/ });
    const token = ((await copy.textContent()) ?? "").trim();
    const as = `token ${token}`;
    expect((await console.api.send("GET /api/user", undefined, { as })).body.githubLogin).toBe("admin");
    await page.reload();
    await button("Revoke the pipeline of web").waitFor();
    expect(await page.content()).not.toContain(token);
    expect(await agree("Revoke the pipeline of web", "Revoke the token")).toContain("is refused at once");
    await button("Revoke the pipeline of web").waitFor({ state: "detached" });
    expect((await console.api.send("GET /api/user", undefined, { as })).status).toBe(401);
    expect(window.errors).toEqual([]);
  });

  const roleOf = async (login: string) =>
    (await send("GET /api/orgs/acme/members")).members.find(
      ({ user }: { user: { githubLogin: string } }) => user.githubLogin === login,
    )?.fgaRole.id;

  test("a dialog that is opened by a double click stays, and what is not there can't be removed", async () => {
    await open(page, "/acme/insights/policygroups");
    await button("Make a policy group").dblclick();
    await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("typed");
    await page.mouse.click(5, 5);
    expect(await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).inputValue()).toBe("typed");
    for (const path of ["/acme/settings/teams/none", "/acme/settings/webhooks/none"]) {
      await page.goto(path);
      await page.getByRole("alert").getByText("Not found").waitFor();
      expect(await page.getByRole("button", { name: "Remove" }).count()).toBe(0);
    }
    window.errors.splice(0);
  });

  test("somebody new is made, gets another role, and is removed", async () => {
    await open(page, "/acme/settings/members");
    await field("Login").fill("carol");
    await button("Add").click();
    await button("Make a new user carol").click();
    const token = ((await page.getByRole("button", { name: /^Copy: qln_/ }).textContent()) ?? "").trim();
    await choose("Role of carol", "Policy manager");
    await expect.poll(() => roleOf("carol")).toBe("policy-manager");
    expect(await agree("Remove carol", "Remove carol")).toContain("carol leaves acme and its teams at once");
    await button("Remove carol").waitFor({ state: "detached" });
    expect(await roleOf("carol")).toBe(undefined);
    const as = `token ${token}`;
    expect((await console.api.send("GET /api/orgs/acme/members", undefined, { as })).status).toBe(404);
    expect(window.errors).toEqual([]);
  });

  test("a team is made, gets a member and a permission, loses both, and is removed", async () => {
    const { name } = await newStack(console.api);
    const team = () => send("GET /api/orgs/acme/teams/ops");
    await open(page, "/acme/settings/teams");
    await field("New team").fill("ops");
    await button("Make").click();
    await page.getByRole("link", { name: "ops" }).click();
    await field("Login").fill("bob");
    await button("Add").click();
    await button("Remove bob").waitFor();
    await field("Stack").fill(`web/${name}`);
    await choose("Permission", "write");
    await button("Give").click();
    await button(`Remove web/${name}`).waitFor();
    expect(await team()).toMatchObject({
      members: [{ githubLogin: "admin" }, { githubLogin: "bob", role: "member" }],
      stacks: [{ projectName: "web", stackName: name, permission: 102 }],
    });
    expect(await agree("Remove bob", "Remove bob")).toContain("loses at once what only this team gives");
    await button("Remove bob").waitFor({ state: "detached" });
    expect(await agree(`Remove web/${name}`, `Remove web/${name}`)).toContain("only because of it");
    await expect.poll(team).toMatchObject({ members: [{ githubLogin: "admin" }], stacks: [] });
    expect(await agree("Remove", "Remove team ops")).toContain("Its permissions and its tokens end at once");
    await page.getByText("There are no teams yet").waitFor();
    expect((await console.api.send("GET /api/orgs/acme/teams/ops")).status).toBe(404);
    expect(window.errors).toEqual([]);
  });

  test("a webhook is made, tried, sent once more, turned off, and removed", async () => {
    const hook = () => send("GET /api/orgs/acme/hooks/chat");
    await open(page, "/acme/settings/webhooks");
    await field("Name").fill("chat");
    await field("URL").fill(`${destination.url}/there`);
    await button("Make").click();
    await page.getByRole("link", { name: "chat" }).click();
    await button("Send a test message").click();
    await page.getByText("answered 200").first().waitFor();
    await button("Show").click();
    await button("Send once more").click();
    const received = await destination.reach(2);
    expect(received.map(({ headers }) => headers["pulumi-webhook-kind"])).toEqual(["ping", "ping"]);
    await page.getByRole("switch", { name: "Active" }).click();
    await expect.poll(hook).toMatchObject({ active: false, groups: ["policies"] });
    await button("Edit").click();
    await field("New URL").fill(`${destination.url}/elsewhere`);
    await page.getByLabel("New secret of the signature").fill("s3cret");
    await page
      .getByRole("combobox", { name: "Told of" })
      .or(page.getByRole("textbox", { name: "Told of" }))
      .click();
    await page.getByRole("option", { name: "update failed" }).click();
    await page.keyboard.press("Escape");
    await button("Save").click();
    await page.getByText("signed. It is told of: violations, receipts and packs that fail; update failed.").waitFor();
    expect(await hook()).toMatchObject({
      hasSecret: true,
      groups: ["policies"],
      filters: ["update_failed"],
      active: false,
    });
    await button("Send a test message").click();
    const [, , third] = await destination.reach(3);
    expect(third?.headers).toHaveProperty("pulumi-webhook-signature");
    expect(await agree("Remove", "Remove webhook chat")).toContain("What it was not sent yet is lost");
    await page.getByText("Nobody is told of anything yet").waitFor();
    expect(await send("GET /api/orgs/acme/hooks")).toEqual([]);
    expect(window.errors).toEqual([]);
  });

  test("a destination that nothing listens at is said to give no answer", async () => {
    await send("POST /api/orgs/acme/hooks", {
      name: "lost",
      displayName: "lost",
      payloadUrl: "http://127.0.0.1:9/",
      active: true,
    });
    await open(page, "/acme/settings/webhooks/lost");
    await button("Send a test message").click();
    await page.getByText("no answer").first().waitFor();
    await send("DELETE /api/orgs/acme/hooks/lost");
  });

  const signedInByNginx = async () => {
    const { world, browser } = console;
    const nginx = await startNginx(world);
    // Who calls says that they are somebody else, which nginx must not believe.
    const forged = { "X-Forwarded-User": "admin" };
    const behind = await openWindow(browser, { url: nginx.url, extraHTTPHeaders: forged });
    const isPerson = (value: string) => behind.context.addCookies([{ name: PERSON, value, url: nginx.url }]);
    try {
      expect((await behind.page.goto("/acme/stacks"))?.status()).toBe(401);
      await isPerson("bob");
      await behind.page.goto("/account/tokens");
      await behind.page.getByRole("button", { name: "Account of bob" }).waitFor();
      await behind.page.getByRole("textbox", { name: "What the token is for" }).fill("made behind nginx");
      await behind.page.getByRole("button", { name: "Make a token" }).click();
      const made = await behind.page.getByRole("button", { name: /^Copy: qln_/ }).textContent();
      const as = `token ${made?.trim()}`;
      expect((await console.api.send("GET /api/user", undefined, { as })).body.githubLogin).toBe("bob");
      // Somebody else at the same browser, whom the server does not know, is not bob, whose session is still there.
      await isPerson("stranger");
      await behind.page.goto("/acme/stacks");
      await behind.page.getByRole("heading", { name: "Signing in to Quillon" }).waitFor();
      await behind.page.getByRole("alert").waitFor();
      // An admin whom the proxy calls otherwise, for example, has a token.
      await behind.page.getByRole("button", { name: "Sign in with an access token" }).press("Enter");
      await behind.page.keyboard.type(world.adminToken);
      await behind.page.keyboard.press("Enter");
      await behind.page.getByRole("button", { name: "Account of admin" }).waitFor();
      expect(new URL(behind.page.url()).pathname).toBe("/acme/stacks");
      await behind.page.reload();
      await behind.page.getByRole("button", { name: "Account of admin" }).waitFor();
      expect(behind.errors).toEqual([]);
      // The CLI brings its token, or the signed URL of an archive.
      const author = world.person("author", world.adminToken).with({ PULUMI_BACKEND_URL: nginx.url });
      await author.in(example(world, "packs/buckets")).ok("pulumi policy publish acme");
      const headers = { authorization: `token ${world.adminToken}` };
      const path = "/api/quillon/orgs/acme/policypacks/buckets/versions/latest/archive";
      const { url } = (await (await fetch(nginx.url + path, { headers })).json()) as { url: string };
      expect(new URL(url).origin).toBe(nginx.url);
      expect((await fetch(url)).status).toBe(200);
    } finally {
      await behind.context.close();
      nginx.close();
    }
  };
  if (hasNginx) test("behind nginx as the guide has it, whom it names is signed in, and nobody else", signedInByNginx);

  test("what the server refuses is said where it was tried, and nothing is lost of what was typed", async () => {
    await open(page, "/acme/settings/teams");
    await field("New team").fill("no spaces");
    await button("Make").click();
    await page.getByRole("alert").waitFor();
    expect(await field("New team").inputValue()).toBe("no spaces");
    await open(page, "/acme/settings/members");
    await choose("Role of admin", "Member");
    await page.getByRole("alert").waitFor();
    expect(await roleOf("admin")).toBe("admin");
  });

  test("a member is shown none of it, and the API refuses it", async () => {
    await send("POST /api/orgs/acme/teams/pulumi", { name: "ops" });
    await send("POST /api/orgs/acme/policygroups", { name: "production", entityType: "stacks" });
    const selector = { all: [{ tag: "env", value: "prod" }], except: [{ project: "web-*" }] };
    await send("PUT /api/quillon/orgs/acme/policygroups/production/selector", { selector });
    const member = await console.window(bob);
    for (const [path, text, hidden] of [
      ["/acme/settings/members", "bob", /^(Add|Remove)/],
      ["/acme/settings/teams", "ops", "Make"],
      ["/acme/settings/teams/ops", "ops", /^(Add|Give|Remove)/],
      ["/acme/settings/webhooks", "Only admins of the organization may see its webhooks", "Make"],
      ["/acme/insights/policygroups/production?tab=stacks", "Policy managers of the organization can change", /^Copy/],
      ["/acme/insights/policygroups/production?tab=rule", "tag env = prod", /^(Save|Remove)/],
    ] as const) {
      await open(member.page, path);
      await member.page.getByText(text).first().waitFor();
      expect(await member.page.getByRole("button", { name: hidden }).count(), path).toBe(0);
    }
    await member.page.getByText("project web-*").waitFor();
    expect(await member.page.getByRole("link", { name: /^(Audit log|Webhooks|Members)$/ }).allTextContents()).toEqual([
      "Members",
    ]);
    const as = `token ${bob}`;
    for (const [request, body] of [
      ["PATCH /api/orgs/acme/members/bob", { role: "admin" }],
      ["DELETE /api/orgs/acme/members/admin", undefined],
      ["POST /api/orgs/acme/teams/pulumi", { name: "mine" }],
      ["DELETE /api/orgs/acme/teams/ops", undefined],
      ["GET /api/orgs/acme/hooks", undefined],
    ] as const)
      expect((await console.api.send(request, body, { as })).status, request).toBe(403);
    expect(member.errors).toEqual([]);
    await member.context.close();
  });
});
