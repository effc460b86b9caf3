import { type BodyOf, newError, type routes } from "@quillon/contract";
import type { GroupEdit, PackReference, StackName } from "../../groups/index.ts";
import { elementsOf, membersOf } from "../../json/span.ts";
import { readConfig } from "../pack-config.ts";

type Body = BodyOf<(typeof routes)["PATCH /api/orgs/{orgName}/policygroups/{policyGroup}"]>;
type SentPack = NonNullable<Body["addPolicyPack"]>;
type SentRules = Pick<Body, "stackMatchRule" | "accountMatchRule">;
type SentStack = NonNullable<Body["addStack"]>;

/**
 * The edit of a group in a request. Configuration is read from the text of the body, so that it is stored unchanged.
 * The CLI sends single changes here: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L1095
 */
export function readEdit(body: Body, raw: Buffer): GroupEdit {
  const { newName, mode, agentPoolId, addStack, removeStack, stacks } = body;
  const { addInsightsAccount, removeInsightsAccount, insightsAccounts } = body;
  const { addPolicyPack, removePolicyPack, policyPacks } = body;
  const texts = membersOf(raw);
  const listed = elementsOf(texts.get("policyPacks") ?? Buffer.alloc(0));
  return {
    ...(newName !== undefined && { newName }),
    ...(mode !== undefined && { mode }),
    ...(agentPoolId !== undefined && { agentPoolId }),
    ...(addStack && { addStack: readStack(addStack) }),
    ...(removeStack && { removeStack: readStack(removeStack) }),
    ...(stacks && { stacks: stacks.map(readStack) }),
    ...(addInsightsAccount && { addAccount: addInsightsAccount.name }),
    ...(removeInsightsAccount && { removeAccount: removeInsightsAccount.name }),
    ...(insightsAccounts && { accounts: insightsAccounts }),
    ...(addPolicyPack && { enable: readPack(addPolicyPack, texts.get("addPolicyPack")) }),
    ...(removePolicyPack && { disable: readPack(removePolicyPack, undefined) }),
    ...readRules(body, texts),
    ...(body.removeStackMatchRule && { stackRule: null }),
    ...(body.removeAccountMatchRule && { accountRule: null }),
    ...(policyPacks && { packs: policyPacks.map((pack, index) => readPack(pack, listed[index])) }),
  };
}

/** The text of the rules in a body, so that they are stored unchanged. */
export function readRules({ stackMatchRule, accountMatchRule }: SentRules, texts: ReadonlyMap<string, Buffer>) {
  return {
    ...(stackMatchRule && { stackRule: String(texts.get("stackMatchRule")) }),
    ...(accountMatchRule && { accountRule: String(texts.get("accountMatchRule")) }),
  };
}

/** @throws match_rule_invalid when the edits of one request set a rule and remove it. */
export function refuseContradiction(edits: readonly Body[]): void {
  for (const [rule, removal] of [
    ["stackMatchRule", "removeStackMatchRule"],
    ["accountMatchRule", "removeAccountMatchRule"],
  ] as const) {
    if (!edits.some((edit) => edit[rule]) || !edits.some((edit) => edit[removal])) continue;
    throw newError("match_rule_invalid", { problem: "set_and_removed", rule });
  }
}

/**
 * One of the edits of a batch. `pulumi policy group edit` sends it and can't name configuration, so a version that the group
 * already has keeps its own, where `pulumi policy enable` without configuration takes it away.
 * https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/cmd/pulumi/policy/policy_group_edit.go#L263
 */
export function readBatchedEdit(body: Body, raw: Buffer): GroupEdit {
  const { enable, ...edit } = readEdit(body, raw);
  return { ...edit, ...(enable && { add: enable }) };
}

function readStack({ name, routingProject }: SentStack): StackName {
  return { name, project: routingProject };
}

/** A client may send the tag, the integer, or an empty tag and 0 for neither. */
function readPack(
  { name, version, versionTag, config, environments, follows }: SentPack,
  raw: Buffer | undefined,
): PackReference {
  const sent = readConfig(config ?? undefined, raw);
  return {
    name,
    version: versionTag || (version ? String(version) : ""),
    ...(sent && { config: sent }),
    ...(environments && { environments }),
    ...(follows !== undefined && { follows }),
  };
}
