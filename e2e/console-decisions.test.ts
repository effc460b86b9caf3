import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { requirePack } from "../packages/server/src/testing/group.ts";
import { OLDER, policyRun, urnOf } from "../packages/server/src/testing/policy-run.ts";
import { newStack, type TestStack } from "../packages/server/src/testing/stack.ts";
import { chromiumProgram, type Window } from "./harness/browser.ts";
import { type Console, open, openConsole } from "./harness/console.ts";
import { type Hands, handsOn } from "./harness/hands.ts";

// What people decide in the console about a violation: triage, exceptions, and whether a stack may go on without a receipt.

const EXCEPTIONS = "/acme/insights/exceptions";
const REQUESTS = `${EXCEPTIONS}?view=requests`;
const OWN = "/api/quillon/orgs/acme";
const policies = ["length", "prefix", "suffix"].map((name) => ({ name, enforcementLevel: "mandatory", message: "m" }));

describe.skipIf(chromiumProgram === undefined)("decisions in the console", () => {
  let console: Console;
  let window: Window;
  let page: Page;
  let { button, field, choose, agree }: Hands = {} as Hands;
  let stack: TestStack;
  /** A member who may only read. */
  let member: Window;

  beforeAll(async () => {
    console = await openConsole();
    const { api } = console;
    await requirePack(api, "pets", policies);
    stack = await newStack(api);
    await policyRun(stack, { lines: ["rex !length !prefix"] });
    const bob = await send("POST /api/orgs/acme/users", { login: "bob", role: "member" });
    const mary = await send("POST /api/orgs/acme/users", { login: "mary", role: "policy-manager" });
    [window, member] = [await console.window(mary.token), await console.window(bob.token)];
    page = window.page;
    ({ button, field, choose, agree } = handsOn(page));
  });
  afterAll(() => console?.close());
  beforeEach(() => window.errors.splice(0));

  async function send(request: string, body?: object) {
    const answer = await console.api.send(request, body);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return answer.body;
  }
  interface Issue {
    id: string;
    policyName: string;
  }
  async function findingOf(policy: string): Promise<string> {
    const { policyIssues } = await send("POST /api/orgs/acme/policyresults/issues", {});
    const found = (policyIssues as Issue[]).find(({ policyName }) => policyName === policy);
    return found?.id ?? "";
  }
  const finding = async (id: string) => (await send(`GET /api/orgs/acme/policyresults/issues/${id}`)).policyIssue;

  test("a finding gets an owner and a priority, is ignored with a reason and an end, and is opened again", async () => {
    const id = await findingOf("length");
    await open(page, `/acme/insights/findings/${id}`);
    await choose("Owner", "bob");
    await choose("Priority", "p0");
    await choose("Status", "ignored");
    await field("Reason").fill("It is torn down on Friday.");
    await page.getByLabel("Until the end of").fill("2090-01-31");
    await button("Save").click();
    await page.getByText("The finding was changed.").waitFor();
    expect(await finding(id)).toMatchObject({
      status: "ignored",
      reason: "It is torn down on Friday.",
      expiresAt: expect.stringMatching(/^2090-0[12]-/),
      priority: "p0",
      assignedTo: { githubLogin: "bob" },
    });
    await page.getByText("Ignored, because: It is torn down on Friday.").waitFor();
    await choose("Status", "open");
    await choose("Owner", "nobody");
    await button("Save").click();
    await expect.poll(() => finding(id)).toMatchObject({ status: "open" });
    expect((await finding(id)).assignedTo).toBe(undefined);
    expect(window.errors).toEqual([]);
  });

  test("a member may begin on a finding, is told who ignores one, and the API refuses it", async () => {
    const id = await findingOf("prefix");
    const hands = handsOn(member.page);
    await open(member.page, `/acme/insights/findings/${id}`);
    await member.page
      .getByText("Only policy managers and admins say that a finding is ignored or by design.")
      .waitFor();
    await member.page.getByRole("combobox", { name: "Status" }).click();
    const ignored = member.page.getByRole("option", { name: "ignored" });
    expect(await ignored.getAttribute("data-combobox-disabled")).toBe("true");
    await member.page.getByRole("option", { name: "in progress" }).click();
    await hands.button("Save").click();
    await expect.poll(() => finding(id)).toMatchObject({ status: "in_progress" });
    const patch = { status: "ignored", reason: "r", expiresAt: "2090-01-01T00:00:00Z" };
    const session = member.context.request;
    const refused = await session.patch(`/api/orgs/acme/policyresults/issues/${id}`, {
      data: patch,
      headers: { origin: console.world.server.url },
    });
    expect(refused.status()).toBe(403);
    expect(member.errors).toEqual([]);
  });

  test("an exception is made from a finding, which fills it in, and is removed", async () => {
    const id = await findingOf("length");
    await open(page, `/acme/insights/findings/${id}`);
    await page.getByRole("link", { name: "Ask for an exception" }).click();
    await button("Take out length").waitFor();
    expect(await page.getByRole("combobox", { name: "Policy pack" }).inputValue()).toBe("pets");
    await page.getByText("Under Pulumi CLIs before 3.274: Only versions of the policy pack").waitFor();
    await button(`Take out ${urnOf(stack.name, "rex")}`).waitFor();
    await field("Reason").fill("Replaced in March.");
    await button("Make the exception").click();
    await page.waitForURL("**/insights/exceptions/EXC-1");
    const made = () => send("GET /api/orgs/acme/policy/exceptions/EXC-1");
    expect(await made()).toMatchObject({
      policyPack: "pets",
      match: [{ policies: ["length"], targets: [urnOf(stack.name, "rex")] }],
      reason: "Replaced in March.",
      status: "active",
    });
    expect(await agree("Remove", "Remove the exception")).toContain("Its violations count again at once");
    await page.getByText("removed", { exact: true }).waitFor();
    expect(await made()).toMatchObject({ status: "removed" });
    expect(window.errors).toEqual([]);
  });

  test("without a finding its pack, policies and resources are picked, or written", async () => {
    const pick = async (list: string, text: string, option: string | RegExp) => {
      await page.getByRole("combobox", { name: list, exact: true }).fill(text);
      await page.getByRole("option", { name: option }).click();
    };
    const other = await newStack(console.api);
    const resources = [{ urn: urnOf(other.name, "kim"), type: "random:index/randomPet:RandomPet", custom: true }];
    await send(`POST ${other.path}/import`, { version: 3, deployment: { resources } });
    await expect
      .poll(() => send(`GET ${OWN}/stacks/web/${other.name}/resources`))
      .toMatchObject({ resources: [{ urn: urnOf(other.name, "kim") }] });
    await open(page, "/acme/insights/new-exception");
    await pick("Policy pack", "pe", "pets");
    await pick("Policies", "suf", "suffix");
    await pick("Policies", "pre", "prefix");
    await button("Take out suffix").click();
    await pick("Resources", "rex", /^rex/);
    await pick("Offer the resources of a stack", other.name, `web/${other.name}`);
    await pick("Resources", "kim", /^kim/);
    await page.getByRole("combobox", { name: "Resources", exact: true }).fill(urnOf(stack.name, "a, b"));
    await page.keyboard.press("Enter");
    await field("Reason").fill("They were picked.");
    await button("Make the exception").click();
    await page.waitForURL("**/insights/exceptions/EXC-2");
    const made = await send("GET /api/orgs/acme/policy/exceptions/EXC-2");
    expect(made.match).toEqual([
      {
        policies: ["prefix"],
        targets: [urnOf(stack.name, "rex"), urnOf(other.name, "kim"), urnOf(stack.name, "a, b")],
      },
    ]);
    await send("DELETE /api/orgs/acme/policy/exceptions/EXC-2");
    expect(window.errors).toEqual([]);
  });

  async function ask(policy: string, reason: string): Promise<void> {
    await open(member.page, `/acme/insights/new-exception?finding=${await findingOf(policy)}`);
    const hands = handsOn(member.page);
    await hands.field("Reason").fill(reason);
    await hands.button("Ask for the exception").click();
    await member.page.waitForURL("**/exceptions?view=requests");
    await member.page.getByText(reason).waitFor();
  }
  const requestWith = async (reason: string) =>
    (await send(`GET ${OWN}/exception-requests`)).requests.find((one: { reason: string }) => one.reason === reason);

  test("what a member asks for is approved with a comment by somebody else, and applied", async () => {
    await send(`PUT ${OWN}/exception-rule`, {
      approval: true,
      longestHours: null,
      endRequired: false,
      forbiddenFrom: null,
    });
    await ask("prefix", "Until the rename is done.");
    expect(await member.page.getByRole("button", { name: "Approve" }).count()).toBe(0);
    await open(page, REQUESTS);
    await button("Comments").click();
    await page.getByText("bob asked for it").waitFor();
    await field("Comment").fill("Until when?");
    await button("Comment").click();
    await page.getByText("mary commented").waitFor();
    await page.getByText("Until when?").waitFor();
    expect(await requestWith("Until the rename is done.")).toMatchObject({ status: "pending" });
    await button("Close").click();
    await button("Approve").click();
    // All that is agreed to, of which the list has the beginning.
    for (const shown of [
      "It lasts 7 days.",
      "Until the rename is done.",
      "What it lets through of pets",
      urnOf(stack.name, "rex"),
      "Only versions of the policy pack that run on @quillon/policy",
    ])
      await page.getByRole("dialog").getByText(shown).waitFor();
    await field("Comment").fill("Until Friday.");
    await button("Approve the request").click();
    // The text is on the page before, too, in the field where it was written.
    await expect
      .poll(() => requestWith("Until the rename is done."))
      .toMatchObject({ status: "ready", approvalComment: "Until Friday." });
    await page.getByText("Until Friday.").waitFor();
    await open(member.page, REQUESTS);
    await handsOn(member.page).agree("Apply", "Apply the request");
    await member.page.getByRole("link", { name: "EXC-3" }).waitFor();
    expect(await send("GET /api/orgs/acme/policy/exceptions/EXC-3")).toMatchObject({ status: "active" });
  });

  test("why a violation was let through is found from its stack: by what, for which reason, and who agreed", async () => {
    const reason = "Until the rename is done.";
    await policyRun(stack, { lines: ["rex ^prefix !length"], exceptions: [{ id: "EXC-3", reason }] });
    const path = `/acme/web/${stack.name}`;
    const letThrough = /^Let through by EXC-3, which ends in 6 days: Until the rename is done\.$/;
    const isException = () => page.waitForURL("**/insights/exceptions/EXC-3");
    await open(page, `${path}/findings`);
    await page.getByRole("radiogroup", { name: "Which findings" }).getByText("Excepted (1)").click();
    await page.getByRole("link", { name: "prefix" }).waitFor();
    expect(await page.getByRole("link", { name: "length" }).count()).toBe(0);
    await page.getByText(letThrough).waitFor();
    await page.getByRole("link", { name: "EXC-3" }).click();
    await isException();
    const row = (name: RegExp) => page.getByRole("row", { name });
    await row(/^Asked for .* by bob/).waitFor();
    await row(/^Approved .* by mary *Until Friday\./).waitFor();
    await row(/^Last needed (just now|.* ago)/).waitFor();
    await row(/^Under Pulumi CLIs before 3\.274 Only versions/).waitFor();

    await open(page, `${path}/updates/2`);
    await page.getByText(letThrough).waitFor();
    await page.getByRole("tab", { name: "Exceptions" }).click();
    await page.getByText("EXC-3 of pets 1.0.0. Ends: in 6 days").waitFor();
    await page.getByText("The Pulumi CLI applied it.").waitFor();

    await open(page, `${path}/settings`);
    const inEffect = page.getByRole("region", { name: "Exceptions" });
    await inEffect.getByRole("row", { name: /^EXC-3.*Until the rename is done\..*prefix pets.*rex.*bob/ }).waitFor();
    const older = { client: OLDER, dryRun: true, kind: "preview", status: "failed", level: "mandatory" };
    await policyRun(stack, { ...older, lines: ["rex !prefix"] });
    for (const place of [`${path}/settings`, EXCEPTIONS]) {
      await open(page, place);
      await page.getByRole("row", { name: /EXC-3.* not applied The Pulumi CLI that ran last in web/ }).waitFor();
    }

    // As the Pulumi CLI prints the links to an exception and to a request.
    await page.goto(`${path}?exception=EXC-3`);
    await isException();
    const { id } = await requestWith(reason);
    await page.goto(`${path}?exception=${id}`);
    await page.waitForURL(`**/insights/exceptions?view=requests&request=${id}`);
    await page.getByRole("link", { name: "All requests" }).waitFor();
    await page.getByText(reason).waitFor();
    expect(window.errors).toEqual([]);

    const rex = { urn: urnOf(stack.name, "rex"), type: "random:index/randomPet:RandomPet", custom: true };
    await console.api.send(`POST ${stack.path}/import`, { version: 3, deployment: { resources: [rex] } });
    await open(page, `${path}/resources`);
    await page.getByRole("link", { name: "1 excepted finding of rex" }).click();
    await page.getByRole("link", { name: "prefix" }).waitFor();
  });

  test("another one is rejected with a comment, which its author reads", async () => {
    await ask("length", "I do not like it.");
    await open(page, REQUESTS);
    await button("Reject").click();
    await field("Comment").fill("It has to be longer.");
    await button("Reject the request").click();
    await expect
      .poll(() => requestWith("I do not like it."))
      .toMatchObject({ status: "closed", closeComment: "It has to be longer." });
    await page.getByText("It has to be longer.").waitFor();
    await open(member.page, REQUESTS);
    await member.page.getByText("It has to be longer.").waitFor();
    expect(await member.page.getByRole("button", { name: /Approve|Apply|Reject|Give up/ }).count()).toBe(0);
    expect([...window.errors, ...member.errors]).toEqual([]);
  });

  test("only an admin lets the next update start after one without a complete receipt, and says why", async () => {
    await send(`PUT ${OWN}/receipt-rule`, { required: true });
    const stopped = await newStack(console.api);
    await policyRun(stopped, {
      events: [
        { resourcePreEvent: { metadata: { op: "create", urn: urnOf(stopped.name, "rex"), new: { custom: true } } } },
        { summaryEvent: { isPreview: false } },
      ],
    });
    const state = () => send(`GET ${OWN}/stacks/web/${stopped.name}/receipt-state`);
    await expect.poll(state).toMatchObject({ stoppedBy: { status: "missing" } });
    const settings = `/acme/web/${stopped.name}/settings`;
    await open(page, settings);
    await page.getByText("Admins of the organization can let it start all the same.").waitFor();
    expect(await button("Let the next update start").count()).toBe(0);
    const admin = await console.window();
    const hands = handsOn(admin.page);
    await open(admin.page, settings);
    await hands.button("Let the next update start").click();
    const dialog = admin.page.getByRole("dialog", { name: "Let the next update start" });
    await dialog.getByText("The audit log has your reason.").waitFor();
    await hands.field("Reason").fill("The pack is being mended.");
    await hands.button("Let it start").click();
    await admin.page.getByText("receipts stop no update of this stack").waitFor();
    expect(await state()).toEqual({});
    const { auditLogEvents } = await send("GET /api/orgs/acme/auditlogs");
    expect(JSON.stringify(auditLogEvents[0])).toContain("The pack is being mended.");
    expect(admin.errors).toEqual([]);
    await admin.context.close();
  });
});
