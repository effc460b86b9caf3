import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { edit, membersOf, newVersion, read, required } from "../packages/server/src/testing/group.ts";
import { and, hasTag, or, tagIs } from "../packages/server/src/testing/match-rule.ts";
import { newStack, type TestStack } from "../packages/server/src/testing/stack.ts";
import { chromiumProgram, type Window } from "./harness/browser.ts";
import { type Console, open, openConsole } from "./harness/console.ts";
import { type Hands, handsOn } from "./harness/hands.ts";

// What a policy manager does in the console with packs and groups, and what the API says of it afterwards. Each test needs the ones before it.

const owner = {
  name: "owner",
  enforcementLevel: "advisory",
  configSchema: {
    properties: { team: { type: "string", minLength: 3 }, most: { type: "integer" } },
    required: ["team"],
  },
};
const length = { name: "length", description: "d", enforcementLevel: "mandatory", message: "m" };
const prefix = { name: "prefix", description: "d", enforcementLevel: "advisory", message: "m" };

const GROUP = "/acme/insights/policygroups/production";
const PACK = "/acme/insights/policypacks/pets";

describe.skipIf(chromiumProgram === undefined)("packs and groups in the console", () => {
  let console: Console;
  let window: Window;
  let page: Page;
  let { button, field, choose, agree }: Hands = {} as Hands;
  /** Two that nobody has tagged, and one that is tagged. */
  let dev: TestStack;
  let test1: TestStack;
  let prod: TestStack;

  beforeAll(async () => {
    console = await openConsole();
    const { api } = console;
    await newVersion(api, "pets", "1.0.0", [length, prefix]);
    await newVersion(api, "pets", "1.1.0", [{ ...length, enforcementLevel: "advisory" }, owner]);
    await newVersion(api, "old", "1.0.0", [length]);
    dev = await newStack(api);
    test1 = await newStack(api);
    prod = await newStack(api, { tags: { env: "prod" } });
    const { body } = await api.send("POST /api/orgs/acme/users", { login: "mary", role: "policy-manager" });
    window = await console.window(body.token);
    page = window.page;
    ({ button, field, choose, agree } = handsOn(page));
  });
  afterAll(() => console?.close());
  beforeEach(() => window.errors.splice(0));

  const group = (name = "production") => read(console.api, name);
  const ran = async (stack: TestStack) =>
    (await required(console.api, stack)).map(
      ({ name, versionTag }: { name: string; versionTag: string }) => `${name} ${versionTag}`,
    );
  const pick = (label: string, value: string) =>
    page.getByRole("combobox", { name: label, exact: true }).selectOption(value);

  test("a group is made, and renamed", async () => {
    await open(page, "/acme/insights/policygroups");
    await button("Make a policy group").click();
    await page.getByText("It has no stacks and no packs yet, so it changes nothing.").waitFor();
    await field("Name").fill("live");
    await button("Make it").click();
    await page.waitForURL("**/policygroups/live?tab=stacks");
    await button("Rename").click();
    await field("New name").fill("production");
    await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
    await page.waitForURL("**/policygroups/production");
    expect(await group()).toMatchObject({ name: "production", mode: "preventative", stacks: [] });
    expect((await console.api.send("GET /api/orgs/acme/policygroups/live")).status).toBe(404);
  });

  test("a stack is picked by a part of its name, and taken out again", async () => {
    await page.getByRole("tab", { name: /^Stacks/ }).click();
    await page.getByRole("combobox", { name: "Pick stacks" }).fill(dev.name);
    await page.getByRole("option", { name: `web/${dev.name}`, exact: true }).click();
    await page.getByText("They need not run anything because of that, as the group is now.").waitFor();
    await button("Add 1").click();
    await button(`Take out web/${dev.name}`).waitFor();
    expect(await membersOf(console.api, "production")).toMatchObject([{ name: dev.name, source: "explicit" }]);
    await page.getByRole("combobox", { name: "Pick stacks" }).fill(test1.name);
    await page.getByRole("option", { name: `web/${test1.name}`, exact: true }).click();
    await button("Add 1").click();
    // Somebody else has changed the group meanwhile, so this reads it again, and then does it.
    await button(`Take out web/${test1.name}`).waitFor();
    await edit(console.api, "production", { addStack: { name: prod.name, routingProject: "web" } });
    await button(`Take out web/${test1.name}`).click();
    const question = page.getByRole("dialog", { name: `Take web/${test1.name} out` });
    await question.getByText("It leaves production.").waitFor();
    await question.getByRole("button", { name: `Take web/${test1.name} out` }).click();
    await question.getByText("was changed by admin since you read it").waitFor();
    await page.getByRole("link", { name: `web/${prod.name}`, includeHidden: true }).waitFor({ state: "attached" });
    await question.getByRole("button", { name: `Take web/${test1.name} out` }).click();
    await question.waitFor({ state: "detached" });
    await agree(`Take out web/${prod.name}`, `Take web/${prod.name} out`);
    await button(`Take out web/${test1.name}`).waitFor({ state: "detached" });
    expect(await membersOf(console.api, "production")).toMatchObject([{ name: dev.name }]);
  });

  test("a selector shows what it matches while it is typed, and takes that in when it is saved", async () => {
    await page.getByRole("tab", { name: "Rule" }).click();
    await button("Add a condition: All of these hold").click();
    await field("Its name").fill("env");
    await page.getByText("It matches 1 of 3 stacks").waitFor();
    await field("Its value, or a pattern").fill("dev");
    await page.getByText("It matches 0 of 3 stacks").waitFor();
    await field("Its value, or a pattern").fill("p*");
    await page.getByText("It matches 1 of 3 stacks").waitFor();
    await button("Save the rule").click();
    await page.getByRole("tab", { name: "Stacks (2)" }).waitFor();
    expect(await group()).toMatchObject({ selector: { all: [{ tag: "env", value: "p*" }] } });
    expect((await membersOf(console.api, "production")).map(({ name }: { name: string }) => name).sort()).toEqual(
      [dev.name, prod.name].sort(),
    );
  });

  test("a rule that somebody else has changed meanwhile is not taken back, also when it is saved twice", async () => {
    const selector = { all: [{ tag: "env", value: "q*" }] };
    const path = "/api/quillon/orgs/acme/policygroups/production/selector";
    await console.api.send(`PUT ${path}`, { selector });
    for (const _ of ["once", "twice"]) {
      const refused = page.waitForResponse((response) => response.request().method() === "PUT");
      await button("Save the rule").click();
      expect((await refused).status()).toBe(409);
      await page.getByText("To try again reads it anew").waitFor();
    }
    expect(await group()).toMatchObject({ selector });
    await button("Try again").click();
    await expect.poll(() => field("Its value, or a pattern").inputValue()).toBe("q*");
  });

  test("a match rule that no selector says is shown with why, and removed, and its stacks leave", async () => {
    const ofProd = { stackMatchRule: or(tagIs("env", "prod"), and(hasTag("env"), hasTag("team"))) };
    await edit(console.api, "production", ofProd);
    await open(page, `${GROUP}?tab=rule`);
    await page.getByText("Conditions", { exact: true }).click();
    await page.getByText("several conditions together are one of its alternatives. What you save here").waitFor();
    expect(await agree("Remove the rule", "Remove it")).toContain("1 stack leaves the group.");
    await page.getByRole("tab", { name: "Stacks (1)" }).waitFor();
    expect((await group()).selector).toBe(undefined);
  });

  test("a pack is added in a version, with the level of the pack and of one policy", async () => {
    await open(page, GROUP);
    await choose("Enable a policy pack", "pets");
    // Another version takes nothing away of what was entered.
    await pick("Level of all policies", "advisory");
    await pick("Version", "1.0.0");
    await page.getByText("1 stack must run pets 1.0.0 from the next preview or update on").waitFor();
    await button("length").click();
    await pick("Level", "mandatory");
    await button("Enable").click();
    await page.getByRole("link", { name: "Configure pets" }).waitFor();
    expect((await group()).appliedPolicyPacks).toMatchObject([
      {
        name: "pets",
        versionTag: "1.0.0",
        config: { all: { enforcementLevel: "advisory" }, length: { enforcementLevel: "mandatory" } },
      },
    ]);
    expect(await ran(dev)).toEqual(["pets 1.0.0"]);
  });

  test("a configuration that does not fit is said at its field, and the corrected one is saved, with the newest version followed", async () => {
    await page.getByRole("link", { name: "Configure pets" }).click();
    await page.getByRole("switch", { name: "Follow latest" }).click();
    await button("Save").click();
    await page.getByText("1 to correct").waitFor();
    await field("team").fill("ab");
    await button("Save").click();
    await expect.poll(() => field("team").getAttribute("aria-invalid")).toBe("true");
    const described = await field("team").getAttribute("aria-describedby");
    const said = await Promise.all(
      (described ?? "").split(" ").map((id) => page.locator(`[id="${id}"]`).textContent()),
    );
    expect(said.join(" ")).toMatch(/3/);
    expect((await group()).appliedPolicyPacks).toMatchObject([{ versionTag: "1.0.0" }]);
    await field("team").fill("web");
    await button("Save").click();
    await page.getByText("follows latest").waitFor();
    expect((await group()).appliedPolicyPacks).toMatchObject([
      { versionTag: "1.1.0", follows: true, config: { owner: { team: "web" } } },
    ]);
    expect(await ran(dev)).toEqual(["pets 1.1.0"]);
  });

  test("what somebody else changed meanwhile is not taken back", async () => {
    await page.getByRole("link", { name: "Configure pets" }).click();
    await pick("Level of all policies", "mandatory");
    await edit(console.api, "production", { addStack: { name: test1.name, routingProject: "web" } });
    await button("Save").click();
    await page.getByText("To try again reads it anew").waitFor();
    await button("Try again").click();
    await page.getByText("2 stacks must run pets").waitFor();
    await pick("Level of all policies", "remediate");
    await button("Save").click();
    await page.getByRole("link", { name: "Configure pets" }).waitFor();
    expect((await group()).stacks).toHaveLength(2);
    await edit(console.api, "production", { removeStack: { name: test1.name, routingProject: "web" } });
  });

  test("two versions are compared, and whoever goes back to one is told whom it touches", async () => {
    await open(page, `${PACK}/1.1.0?tab=difference`);
    expect(await page.getByRole("row").allTextContents()).toEqual([
      "ChangePolicyWhat",
      expect.stringMatching(/^removedprefix.*level: advisory/),
      expect.stringMatching(/^addedowner/),
      expect.stringMatching(/^changedlength.*level: mandatory → advisory/),
    ]);
    await open(page, PACK);
    await button("Change version of pets in production").click();
    await pick("Version", "1.0.0");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("1 stack must run pets 1.0.0 from the next preview or update on").waitFor();
    await dialog.getByText("It replaces 1.1.0.").waitFor();
    await dialog.getByRole("button", { name: "Enable" }).click();
    // The group configures a policy that this version does not have.
    await dialog.getByRole("alert").filter({ hasText: "owner" }).waitFor();
    expect(await ran(dev)).toEqual(["pets 1.1.0"]);
    await dialog.getByRole("link", { name: "Configure first" }).click();
    await button("Take that configuration away").click();
    await button("Save").click();
    await page.getByRole("link", { name: "Configure pets" }).waitFor();
    expect(await ran(dev)).toEqual(["pets 1.0.0"]);
  });

  test("the default group says how many stacks it touches and what they need, before a pack is enabled in it", async () => {
    await open(page, "/acme/insights/policypacks/old");
    await button("Enable in a policy group").click();
    await choose("Policy group", "default-policy-group (3 stacks)");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("3 stacks must run old 1.0.0 from the next preview or update on").waitFor();
    await dialog.getByText("This is the default group: it takes in every new stack, too.").waitFor();
    expect(await ran(prod)).toEqual([]);
    await dialog.getByRole("button", { name: "Enable" }).click();
    await button("Disable old in default-policy-group").waitFor();
    expect(await ran(prod)).toEqual(["old 1.0.0"]);
  });

  test("an enabled version can't be removed, and a disabled one is, for ever", async () => {
    expect(await button("Remove").isDisabled()).toBe(true);
    await button("Remove").hover({ force: true });
    await page.getByText("A policy group has it enabled: disable it there first.").waitFor();
    expect(await agree("Disable old in default-policy-group", "Disable old in default-policy-group")).toContain(
      "3 stacks of default-policy-group need not run old any more",
    );
    await page.getByText("No policy group has it enabled").waitFor();
    expect(await ran(prod)).toEqual([]);
    expect(await agree("Remove", "Remove all versions")).toContain("None of them can ever be published again");
    await page.waitForURL("**/policypacks");
    expect((await console.api.send("GET /api/orgs/acme/policypacks/old/versions/latest")).status).toBe(404);
    await open(page, `${PACK}/1.1.0`);
    expect(await agree("Remove", "Remove this version")).toContain("The name 1.1.0 can never be published again");
    await page.waitForURL("**/policypacks/pets?tab=versions");
    expect((await console.api.send("GET /api/orgs/acme/policypacks/pets/versions/1.1.0")).status).toBe(404);
  });

  test("a pack is disabled in a group, and the group is removed", async () => {
    await open(page, GROUP);
    await agree("Disable pets in production", "Disable pets in production");
    await page.getByText("It has no policy pack enabled").waitFor();
    expect(await ran(dev)).toEqual([]);
    await edit(console.api, "production", { addPolicyPack: { name: "pets", versionTag: "1.0.0" } });
    await open(page, GROUP);
    expect(await agree("Remove production", "Remove production")).toContain(
      "1 stack need not run its 1 policy pack any more",
    );
    await page.waitForURL("**/policygroups");
    expect((await console.api.send("GET /api/orgs/acme/policygroups/production")).status).toBe(404);
    expect(window.errors).toEqual([]);
  });

  test("a member is shown none of it, and the API refuses it", async () => {
    await edit(console.api, "default-policy-group", { addPolicyPack: { name: "pets", versionTag: "1.0.0" } });
    const { body } = await console.api.send("POST /api/orgs/acme/users", { login: "bob", role: "member" });
    const member = await console.window(body.token);
    for (const [path, there] of [
      ["/acme/insights/policygroups", "default-policy-group"],
      ["/acme/insights/policygroups/default-policy-group", "pets"],
      ["/acme/insights/policygroups/default-policy-group?tab=stacks", `web/${dev.name}`],
      [PACK, "default-policy-group"],
      [`${PACK}/1.0.0`, "length"],
    ] as const) {
      await open(member.page, path);
      await member.page.getByText(there).first().waitFor();
      const actions = member.page
        .getByRole("main")
        .getByRole("button", { name: /Make|Rename|Remove|Enable|Take|Disable|Change/ });
      expect(await actions.count(), path).toBe(0);
    }
    const as = `token ${body.token}`;
    for (const [request, sent] of [
      ["POST /api/orgs/acme/policygroups", { name: "mine", entityType: "stacks" }],
      ["PATCH /api/orgs/acme/policygroups/default-policy-group", { removePolicyPack: { name: "pets" } }],
      ["DELETE /api/orgs/acme/policypacks/pets/versions/1.0.0", undefined],
    ] as const)
      expect((await console.api.send(request, sent, { as })).status, request).toBe(403);
    expect(member.errors).toEqual([]);
    await member.context.close();
  });
});
