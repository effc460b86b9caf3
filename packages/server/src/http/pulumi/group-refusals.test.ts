import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, GROUPS, newestEvent, newGroup, newManager, read } from "../../testing/group.ts";
import { hasTag, nested } from "../../testing/match-rule.ts";

const DEFAULT = "default-policy-group";
const ACCOUNTS = "default-accounts-policy-group";

describe.each(engines)(
  "edits of policy groups that are refused with a sentence and change nothing, on $name",
  (engine) => {
    let t: TestApp;
    beforeAll(async () => {
      t = await startApp(engine);
    });
    afterAll(() => t.close());

    const rule = hasTag("env");
    const cases: [string, object, number, string][] = [
      ["an unknown stack", { addStack: { name: "gone", routingProject: "web" } }, 400, "group_unknown_members"],
      [
        "an unknown stack in a list",
        { stacks: [{ name: "gone", routingProject: "web" }] },
        400,
        "group_unknown_members",
      ],
      ["an unknown pack", { addPolicyPack: { name: "gone" } }, 404, "pack_not_found"],
      ["an unknown pack in a list", { policyPacks: [{ name: "gone" }] }, 404, "pack_not_found"],
      ["a pack that is not enabled", { removePolicyPack: { name: "gone" } }, 404, "pack_not_enabled"],
      ["a pack listed twice", { policyPacks: [{ name: "gone" }, { name: "gone" }] }, 400, "pack_listed_twice"],
      ["a name outside the rules", { newName: "no/slash" }, 400, "invalid_input"],
      ["a name that is taken", { newName: DEFAULT }, 409, "group_exists"],
      ["a name that the API needs", { newName: "metadata" }, 400, "group_name_reserved"],
      ["another mode", { mode: "strict" }, 400, "invalid_input"],
      ["an account among stacks", { addInsightsAccount: { name: "aws" } }, 400, "group_entity_mismatch"],
      ["an account that is not a list", { insightsAccounts: "aws" }, 400, "invalid_input"],
      ["a rule with an unknown operator", { stackMatchRule: { __type: "PermissionX" } }, 400, "match_rule_invalid"],
      ["a rule without __type", { stackMatchRule: { all: [{ project: "*" }] } }, 400, "invalid_input"],
      ["an empty rule", { stackMatchRule: {} }, 400, "invalid_input"],
      ["a rule that is a text", { stackMatchRule: "env=prod" }, 400, "invalid_input"],
      [
        "a rule that lacks fields",
        { stackMatchRule: { __type: "PermissionExpressionAnd" } },
        400,
        "match_rule_invalid",
      ],
      [
        "a rule that is set and removed",
        { stackMatchRule: rule, removeStackMatchRule: true },
        400,
        "match_rule_invalid",
      ],
      ["an account rule of a preventative group", { accountMatchRule: rule }, 400, "group_entity_mismatch"],
      ["why a rule is not written", { ruleNotWritten: "because" }, 400, "field_unsupported"],
      ["the name that a GET answers", { name: "other" }, 400, "field_unsupported"],
      ["the packs that a GET answers", { appliedPolicyPacks: [{ name: "p" }] }, 400, "field_unsupported"],
      ["the accounts that a GET answers", { accounts: ["aws"] }, 400, "field_unsupported"],
      ["another entityType", { entityType: "accounts" }, 400, "field_unsupported"],
      ["a selector", { selector: { all: [{ project: "*" }] } }, 400, "field_unsupported"],
      ["a field that is not known", { addStacks: [] }, 400, "invalid_input"],
    ];
    test.each(cases)("%s is refused", async (_, body, status, id) => {
      const group = await newGroup(t);
      const before = await read(t, group);
      const event = await newestEvent(t);
      const refused = await edit(t, group, { agentPoolId: "other", ...body });
      expect(refused).toMatchObject({ status, body: { code: status, id, message: expect.any(String) } });
      expect(await read(t, group)).toEqual(before);
      expect(await newestEvent(t)).toEqual(event);
    });

    test.each<[string, string, object, string]>([
      ["renamed", DEFAULT, { newName: "mine" }, "be renamed"],
      ["given another mode", DEFAULT, { mode: "audit" }, "have another mode"],
      ["given another mode", ACCOUNTS, { mode: "preventative" }, "have another mode"],
    ])("a default group can't be %s", async (_, group, body, what) => {
      const refused = await edit(t, group, body);
      expect(refused).toMatchObject({ status: 400, body: { id: "group_default" } });
      expect(refused.body.message).toContain(what);
    });

    const large = JSON.stringify(rule).replace("env", "x".repeat(1_000_000));
    test.each<[string, string, string]>([
      ["nested 201 levels deep", nested(201), "match_rule_invalid"],
      ["nested 1,000 levels deep", nested(1000), "invalid_input"],
      ["nested 100,000 levels deep", nested(100_000), "invalid_input"],
      ["of 1 MB", large, "match_rule_invalid"],
      ["of 1 MB of spaces", `${JSON.stringify(rule).slice(0, -1)}${" ".repeat(1_000_000)}}`, "match_rule_invalid"],
    ])("a rule that is %s is refused, alone, in a batch, in a new group and in a preview", async (_, text, id) => {
      const group = await newGroup(t);
      const before = await read(t, group);
      const event = await newestEvent(t);
      for (const [route, body] of [
        [`PATCH ${GROUPS}/${group}`, `{"newName":"other","stackMatchRule":${text}}`],
        [`PATCH ${GROUPS}/${group}/batch`, `[{"newName":"other"},{"stackMatchRule":${text}}]`],
        [`POST ${GROUPS}`, `{"name":"other","mode":"audit","stackMatchRule":${text}}`],
        [`POST ${GROUPS}`, `{"name":"other","mode":"audit","accountMatchRule":${text}}`],
        [`POST ${GROUPS}/stackmatchrule/preview`, `{"stackMatchRule":${text}}`],
        [`POST ${GROUPS}/accountmatchrule/preview`, `{"accountMatchRule":${text}}`],
      ] as const) {
        const refused = await t.send(route, {}, { payload: body });
        expect(refused).toMatchObject({ body: { id: expect.stringMatching(`^(${id}|body_too_large)$`) } });
        expect(refused.status).toBe(refused.body.id === "body_too_large" ? 413 : 400);
      }
      expect(await read(t, group)).toEqual(before);
      expect(await newestEvent(t)).toEqual(event);
      expect((await t.send(`GET ${GROUPS}/other`)).status).toBe(404);
    });

    test("a batch that sets a rule and removes it is refused, whatever is between", async () => {
      const group = await newGroup(t);
      const edits = [{ stackMatchRule: rule }, { agentPoolId: "x" }, { removeStackMatchRule: true }];
      const refused = await t.send(`PATCH ${GROUPS}/${group}/batch`, edits);
      expect(refused).toMatchObject({ status: 400, body: { id: "match_rule_invalid" } });
      expect(refused.body.message).toContain("sets stackMatchRule and removes it");
      expect(await read(t, group)).not.toHaveProperty("agentPoolId");
    });

    test.each([DEFAULT, ACCOUNTS])("%s can't have rules, and removing one there changes nothing", async (group) => {
      for (const body of [{ stackMatchRule: rule }, { accountMatchRule: rule }]) {
        expect(await edit(t, group, body)).toMatchObject({ status: 400, body: { id: "group_default" } });
      }
      const before = await read(t, group);
      expect((await edit(t, group, { removeStackMatchRule: true, removeAccountMatchRule: true })).status).toBe(200);
      expect(await read(t, group)).toEqual(before);
    });

    test("a group with a rule about accounts can't become preventative, nor a preventative one be made with one", async () => {
      const group = await newGroup(t, { mode: "audit", accountMatchRule: rule });
      expect(await edit(t, group, { mode: "preventative" })).toMatchObject({
        status: 400,
        body: { id: "group_entity_mismatch" },
      });
      const both = { mode: "preventative", removeAccountMatchRule: true };
      expect((await edit(t, group, both)).status).toBe(200);
      const made = await t.send(`POST ${GROUPS}`, { name: "ruled", mode: "preventative", accountMatchRule: rule });
      expect(made).toMatchObject({ status: 400, body: { id: "group_entity_mismatch" } });
    });

    test("a group that takes accounts can't have a rule about stacks", async () => {
      const group = await newGroup(t, { entityType: "accounts" });
      expect(await edit(t, group, { stackMatchRule: rule })).toMatchObject({ status: 400 });
    });

    test.each([DEFAULT, ACCOUNTS])("%s can't be removed", async (group) => {
      expect(await t.send(`DELETE ${GROUPS}/${group}`)).toMatchObject({ status: 400, body: { id: "group_default" } });
    });

    test("a new group whose name is taken or against the rules, or whose kind does not exist, is refused", async () => {
      const make = (body: object) => t.send(`POST ${GROUPS}`, body);
      expect(await make({ name: DEFAULT, entityType: "stacks" })).toMatchObject({
        status: 409,
        body: { id: "group_exists" },
      });
      for (const name of [" a", "a ", "a/b", "a\\tb", "", "x".repeat(101)]) {
        expect((await make({ name, mode: "audit" })).status).toBe(400);
      }
      expect((await make({ name: "ok", entityType: "clouds" })).status).toBe(400);
      for (const name of ["metadata", "stackmatchrule", "accountmatchrule"]) {
        expect(await make({ name, mode: "audit" })).toMatchObject({ status: 400, body: { id: "group_name_reserved" } });
      }
      expect(await make({ name: "ok" })).toMatchObject({ status: 400, body: { id: "invalid_input" } });
      for (const rule of ["stackMatchRule", "accountMatchRule"]) {
        const refused = await make({ name: "ok", mode: "audit", [rule]: { __type: "PermissionExpressionHasTag" } });
        expect(refused).toMatchObject({ status: 400, body: { id: "match_rule_invalid" } });
        expect(refused.body.message).toContain(`${rule} can't be used`);
      }
      expect(await make({ name: "ok", entityType: "accounts", mode: "preventative" })).toMatchObject({
        status: 400,
        body: { id: "group_entity_mismatch" },
      });
      expect((await t.send(`GET ${GROUPS}/ok`)).status).toBe(404);
    });

    test("every change by a member who is not a policy manager is refused", async () => {
      const member = await newManager(t, "member");
      expect((await edit(t, DEFAULT, { newName: "x" }, member)).status).toBe(403);
      expect((await t.send("GET /api/orgs/acme/auditlogs", undefined, { as: member })).status).toBe(403);
    });
  },
);
