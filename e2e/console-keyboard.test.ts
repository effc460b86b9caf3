import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newVersion, requirePack } from "../packages/server/src/testing/group.ts";
import { policyRun, urnOf } from "../packages/server/src/testing/policy-run.ts";
import { newStack, type TestStack } from "../packages/server/src/testing/stack.ts";
import { chromiumProgram, openWindow, type Window } from "./harness/browser.ts";
import { type Console, openConsole, settled } from "./harness/console.ts";

// Somebody without a mouse. Only the first address is opened; all else is keys. Each test needs the ones before it.

describe.skipIf(chromiumProgram === undefined)("the console from the keyboard", () => {
  let console: Console;
  let window: Window;
  let page: Page;
  let stack: TestStack;
  const urn = () => urnOf(stack.name, "rex");

  beforeAll(async () => {
    console = await openConsole();
    const { api } = console;
    await requirePack(api, "pets", [{ name: "length", enforcementLevel: "mandatory", message: "m" }]);
    await newVersion(api, "cars", "1.0.0");
    stack = await newStack(api);
    const resources = [{ urn: urn(), type: "random:index/randomPet:RandomPet", custom: true }];
    await api.send(`POST ${stack.path}/import`, { version: 3, deployment: { resources } });
    await policyRun(stack, { lines: ["rex !length"] });
    window = await openWindow(console.browser, { url: console.world.server.url });
    page = window.page;
  });
  afterAll(() => console?.close());

  const named = (role: "button" | "link" | "combobox" | "textbox", name: string | RegExp) =>
    page.getByRole(role, typeof name === "string" ? { name, exact: true } : { name });
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const type = (text: string) => page.keyboard.type(text);
  const hasFocus = (target: Locator): Promise<boolean> =>
    target.evaluate(
      (element) => element === (element as { ownerDocument?: { activeElement: unknown } }).ownerDocument?.activeElement,
    );

  /** Goes to a control as people do, and sees on the way where the focus is. */
  async function tabTo(target: Locator): Promise<void> {
    await target.waitFor();
    for (let steps = 0; steps < 60; steps += 1) {
      if (await hasFocus(target)) return;
      await press("Tab");
      expect(await page.evaluate(FOCUS_NOT_SEEN)).toBe("");
    }
    throw new Error(`Tab does not reach ${target}`);
  }
  async function use(target: Locator): Promise<void> {
    await tabTo(target);
    await press("Enter");
  }
  /** Opens the search by its key, and goes to what it finds. Who types on at once loses nothing. */
  async function search(text: string, found: RegExp): Promise<void> {
    await press("/", ...text);
    await expect.poll(() => hasFocus(page.getByPlaceholder(/A stack/))).toBe(true);
    const action = page.getByRole("button", { name: found });
    await action.waitFor();
    for (let steps = 0; (await action.getAttribute("data-selected")) !== "true"; steps += 1) {
      expect(steps).toBeLessThan(10);
      await press("ArrowDown");
    }
    await press("Enter");
  }

  test("signs in", async () => {
    await page.goto("/acme");
    await tabTo(named("textbox", "Access token"));
    await type(console.world.adminToken);
    await press("Enter");
    await named("button", /^Account of/).waitFor();
  });

  test("leaves the navigation out with the first key", async () => {
    await page.reload();
    await settled(page);
    await press("Tab");
    expect(await hasFocus(named("button", "Skip to the page"))).toBe(true);
    await press("Enter", "Tab");
    expect(await page.evaluate(`document.querySelector("main").contains(document.activeElement)`)).toBe(true);
  });

  test("finds a stack and a finding, and triages it", async () => {
    await search(stack.name, new RegExp(`^web/${stack.name}`));
    await page.waitForURL(`**/acme/web/${stack.name}`);
    await search("rex", /^rex/);
    await page.waitForURL(/\/resources\?text=/);
    await named("link", "1 open finding of rex").waitFor();
    await search("engt", /^length.*Policy of pets 1\.0\.0/);
    await page.waitForURL("**/policypacks/pets/1.0.0?find=length");
    await use(named("link", "Findings of length"));
    await page.waitForURL("**/insights/findings?pack=pets&policy=length");
    await use(
      page
        .getByRole("main")
        .getByRole("link", { name: /length/ })
        .first(),
    );
    await page.waitForURL("**/insights/findings/*");
    // It is read out, and the next key goes on from there.
    const heading = page.getByRole("heading", { level: 1, name: "length" });
    await expect.poll(() => hasFocus(heading)).toBe(true);
    await tabTo(named("combobox", "Status"));
    await press("ArrowDown");
    await page.getByRole("option", { name: "in progress" }).waitFor();
    await press("ArrowDown", "Enter");
    await use(named("button", "Save"));
    await page.getByText("The finding was changed.").waitFor();
    const { body } = await console.api.send("POST /api/orgs/acme/policyresults/issues", {});
    expect(body.policyIssues).toMatchObject([{ status: "in_progress" }]);
  });

  test("is told which page a link of the navigation opened, and stays there", async () => {
    const link = named("link", "Compliance");
    await use(link);
    const opened = page.getByRole("status", { name: "Opened page" });
    await expect.poll(() => opened.textContent()).toBe("Compliance");
    expect(await hasFocus(link)).toBe(true);
    await use(named("link", "Exceptions"));
    await expect.poll(() => opened.textContent()).toBe("Exceptions");
  });

  test("makes an exception, and removes it", async () => {
    await use(named("link", "New exception"));
    await tabTo(named("combobox", "Policy pack"));
    await type("pets");
    await press("Escape");
    await tabTo(named("combobox", "Policies"));
    await type("length");
    await press("Enter");
    await tabTo(named("combobox", "Resources"));
    await type(urn());
    await press("Enter");
    await tabTo(named("textbox", "Reason"));
    await type("It stays.");
    await use(named("button", "Make the exception"));
    await page.waitForURL("**/insights/exceptions/EXC-1");
    await use(named("button", "Remove"));
    await page.getByRole("dialog").waitFor();
    await use(page.getByRole("dialog").getByRole("button", { name: "Remove the exception" }));
    await page.getByText("removed", { exact: true }).waitFor();
    await expect.poll(() => hasFocus(page.getByRole("heading", { level: 1 }))).toBe(true);
  });

  test("approves a request, and is at what can be done next with it", async () => {
    const { body: bob } = await console.api.send("POST /api/orgs/acme/users", { login: "bob", role: "member" });
    const as = `token ${bob.token}`;
    const wish = { policyPack: "pets", match: [{ policies: ["length"], targets: [urn()] }], reason: "It stays." };
    const { body: draft } = await console.api.send("POST /api/orgs/acme/policy/exceptions/drafts", wish, { as });
    const request = `/api/change-requests/acme/${draft.changeRequestId}`;
    await console.api.send("PUT /api/quillon/orgs/acme/exception-rule", {
      approval: true,
      longestHours: null,
      endRequired: false,
      forbiddenFrom: null,
    });
    await console.api.send(`POST ${request}/submit`, { description: "It stays." }, { as });
    await use(page.getByRole("navigation").getByRole("link", { name: "Exceptions" }));
    await tabTo(page.getByRole("tab", { name: "In effect" }));
    await press("ArrowRight", "ArrowRight");
    await use(named("button", "Approve"));
    await expect.poll(() => page.evaluate("document.activeElement.innerText")).toContain("It stays.");
    await press("Tab");
    expect(await hasFocus(named("textbox", "Comment"))).toBe(true);
    await type("Until Friday.");
    await use(named("button", "Approve the request"));
    await expect.poll(() => hasFocus(named("button", "Apply"))).toBe(true);
    expect((await console.api.send(`GET ${request}`)).body.status).not.toBe("pending");
  });

  test("makes and revokes a token", async () => {
    await use(named("button", /^Account of/));
    const tokens = page.getByRole("menuitem", { name: "Access tokens" });
    await tokens.waitFor();
    // A menu takes keys only a moment after it is shown.
    await expect
      .poll(async () => {
        if (!(await hasFocus(tokens))) await press("ArrowDown");
        return hasFocus(tokens);
      })
      .toBe(true);
    await press("Enter");
    await tabTo(named("textbox", "What the token is for"));
    await type("keys");
    await press("Enter");
    await use(named("button", "Revoke keys"));
    await use(page.getByRole("dialog").getByRole("button", { name: "Revoke the token" }));
    await named("button", "Revoke keys").waitFor({ state: "detached" });
    await expect.poll(() => hasFocus(page.getByRole("heading", { level: 1 }))).toBe(true);
    const { body } = await console.api.send("GET /api/user/tokens");
    expect(JSON.stringify(body)).not.toContain('"description":"keys"');
  });

  test("enables a pack after reading what follows, and is back where the dialog was opened", async () => {
    await search("cars", /^cars/);
    await page.waitForURL("**/policypacks/cars");
    const opener = named("button", "Enable in a policy group");
    await use(opener);
    await page.getByRole("dialog").waitFor();
    await press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await expect.poll(() => hasFocus(opener)).toBe(true);
    await press("Enter");
    await tabTo(named("combobox", "Policy group"));
    await type("default");
    await page.getByRole("option", { name: /default-policy-group/ }).waitFor();
    await press("ArrowDown", "Enter");
    await page.getByText("1 stack must run cars 1.0.0").waitFor();
    // The keys stay inside of the dialog.
    await use(page.getByRole("dialog").getByRole("button", { name: "Enable" }));
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await expect.poll(() => hasFocus(opener)).toBe(true);
    await named("button", "Disable cars in default-policy-group").waitFor();
  });

  test("disables it after a question, which Escape answers with no", async () => {
    const disable = named("button", "Disable cars in default-policy-group");
    await tabTo(disable);
    // A key that is held repeats, and must not answer the question that it has opened.
    await page.keyboard.down("Enter");
    const no = page.getByRole("dialog").getByRole("button", { name: "Cancel" });
    await no.waitFor();
    await expect.poll(() => hasFocus(no)).toBe(true);
    await page.keyboard.down("Enter");
    await page.keyboard.up("Enter");
    expect(await hasFocus(no)).toBe(true);
    await press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await expect.poll(() => hasFocus(disable)).toBe(true);
    await press("Enter");
    await use(page.getByRole("dialog").getByRole("button", { name: /^Disable/ }));
    await page.getByText("No policy group has it enabled").waitFor();
    expect(window.errors).toEqual([]);
  });

  const opens = async (name: string) => use(page.getByRole("navigation").getByRole("link", { name, exact: true }));
  /** Goes to an option of the list that is open, and takes it. */
  async function takeOption(name: string | RegExp): Promise<void> {
    const option = page.getByRole("option", { name }).first();
    await option.waitFor();
    // A list goes to the option that it has a moment after it is open, and the first key may be faster.
    while ((await option.getAttribute("data-combobox-selected")) !== "true") await press("ArrowDown");
    await press("Enter");
  }
  async function takeOf(list: Locator, option: string | RegExp): Promise<void> {
    await tabTo(list);
    await press("ArrowDown");
    await takeOption(option);
  }
  /** Writes a part of a name in a field that offers some. */
  async function take(field: Locator, text: string): Promise<void> {
    await tabTo(field);
    await type(text);
    await takeOption(text);
  }
  async function agree(button: string, title = button): Promise<void> {
    await use(named("button", button));
    const question = page.getByRole("dialog", { name: title });
    await use(question.getByRole("button", { name: title, exact: true }));
    await question.waitFor({ state: "detached" });
  }
  const isSomewhere = () => page.evaluate("document.activeElement !== document.body");
  const got = async (path: string) => (await console.api.send(`GET /api/orgs/acme/${path}`)).body;

  test("makes a policy group, picks a stack, writes a rule, and enables a pack", async () => {
    await opens("Policy groups");
    await use(named("button", "Make a policy group"));
    await expect.poll(() => hasFocus(named("textbox", "Name"))).toBe(true);
    await type("live");
    await press("Enter");
    await page.waitForURL("**/policygroups/live?tab=stacks");
    await take(named("combobox", "Pick stacks"), stack.name);
    await use(named("button", "Add 1"));
    await named("button", `Take out web/${stack.name}`).waitFor();
    await tabTo(page.getByRole("tab", { name: /^Stacks/ }));
    await press("ArrowRight");
    await use(named("button", "Add a condition: All of these hold"));
    await tabTo(named("textbox", "Its name"));
    await type("env");
    await tabTo(named("textbox", "Its value, or a pattern"));
    await type("prod");
    await use(named("button", "Save the rule"));
    await expect
      .poll(() => got("policygroups/live"))
      .toMatchObject({ selector: { all: [{ tag: "env", value: "prod" }] } });
    await tabTo(page.getByRole("tab", { name: "Rule" }));
    await press("ArrowLeft", "ArrowLeft");
    await take(named("combobox", "Enable a policy pack"), "cars");
    await use(named("button", "Enable"));
    await named("link", "Configure cars").waitFor();
    expect((await got("policygroups/live")).appliedPolicyPacks).toMatchObject([{ name: "cars", versionTag: "1.0.0" }]);
  });

  test("triages many findings at once", async () => {
    await opens("Findings");
    await tabTo(page.getByRole("checkbox", { name: "Select: length of rex" }));
    await press("Space");
    await use(named("button", "Triage 1 finding"));
    await takeOf(page.getByRole("dialog").getByRole("combobox", { name: "Priority" }), "p1");
    await use(named("button", "Change 1 finding"));
    await page.getByText("1 finding was changed.").waitFor();
    const { body } = await console.api.send("POST /api/orgs/acme/policyresults/issues", {});
    expect(body.policyIssues[0].priority).toBe("p1");
    await expect.poll(isSomewhere).toBe(true);
  });

  test("makes a user, gives another role, and removes them", async () => {
    await opens("Members");
    await tabTo(named("textbox", "Login"));
    await type("carol");
    await press("Enter");
    await use(named("button", "Make a new user carol"));
    await page.getByRole("alert").getByText(/^qln_/).waitFor();
    await expect.poll(isSomewhere).toBe(true);
    await takeOf(named("combobox", "Role of carol"), "Policy manager");
    const roleOf = async (login: string) =>
      (await got("members")).members.find(({ user }: { user: { githubLogin: string } }) => user.githubLogin === login)
        ?.fgaRole.id;
    await expect.poll(() => roleOf("carol")).toBe("policy-manager");
    await agree("Remove carol");
    await named("button", "Remove carol").waitFor({ state: "detached" });
    await expect.poll(isSomewhere).toBe(true);
    expect(await roleOf("carol")).toBe(undefined);
  });

  test("makes a team, adds a member and a permission, and removes it", async () => {
    await opens("Teams");
    await tabTo(named("textbox", "New team"));
    await type("ops");
    await press("Enter");
    await use(named("link", "ops"));
    await tabTo(named("textbox", "Login"));
    await type("bob");
    await press("Enter");
    await named("button", "Remove bob").waitFor();
    await tabTo(named("textbox", "Stack"));
    await type(`web/${stack.name}`);
    await takeOf(named("combobox", "Permission"), "write");
    await use(named("button", "Give"));
    await named("button", `Remove web/${stack.name}`).waitFor();
    expect((await got("teams/ops")).stacks).toMatchObject([{ stackName: stack.name, permission: 102 }]);
    await agree("Remove", "Remove team ops");
    await page.getByText("There are no teams yet").waitFor();
    await expect.poll(isSomewhere).toBe(true);
  });

  test("makes a webhook, turns it off, and removes it", async () => {
    await opens("Webhooks");
    await tabTo(named("textbox", "Name"));
    await type("chat");
    await tabTo(named("textbox", "URL"));
    await type("https://chat.example.com/hook");
    await press("Enter");
    await use(named("link", "chat"));
    await tabTo(page.getByRole("switch", { name: "Active" }));
    await press("Space");
    await expect.poll(() => got("hooks/chat")).toMatchObject({ active: false });
    await agree("Remove", "Remove webhook chat");
    await page.getByText("Nobody is told of anything yet").waitFor();
    await expect.poll(isSomewhere).toBe(true);
  });

  test("changes what the organization allows", async () => {
    await opens("Settings");
    await tabTo(page.getByRole("switch", { name: "Each exception needs an end" }));
    await press("Space");
    await use(named("button", "Save what is allowed of exceptions"));
    await page.getByText("Saved. It holds from now on.").waitFor();
    const { body } = await console.api.send("GET /api/quillon/orgs/acme/exception-rule");
    expect(body).toMatchObject({ endRequired: true });
    expect(window.errors).toEqual([]);
  });

  test("the search gives the focus back when it is closed", async () => {
    const opener = page.getByRole("navigation").getByRole("link", { name: "Settings", exact: true });
    await tabTo(opener);
    await press("/");
    await expect.poll(() => hasFocus(page.getByPlaceholder(/A stack/))).toBe(true);
    await press("Escape");
    await expect.poll(() => hasFocus(opener)).toBe(true);
  });

  test("on a phone, the page that the menu opened has the focus, and the closed menu is no stop", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.reload();
    await settled(page);
    await use(named("button", "Menu"));
    await use(named("link", "Stacks"));
    await expect.poll(() => hasFocus(page.getByRole("heading", { level: 1, name: "Stacks" }))).toBe(true);
    await press("Shift+Tab");
    expect(await hasFocus(named("button", /^Account of/))).toBe(true);
    await press("Tab");
    expect(await page.evaluate(`document.querySelector("main").contains(document.activeElement)`)).toBe(true);
  });
});

/** The element that has the focus, if nothing shows that it has. A field shows it by its border. */
const FOCUS_NOT_SEEN = `(() => {
  const element = document.activeElement;
  if (element === document.body || element.matches("input, textarea, select")) return "";
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0 ? "" : element.outerHTML.slice(0, 300);
})()`;
