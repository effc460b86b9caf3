import type { BodyOf, routes } from "@quillon/contract";
import type { GroupEdit, PackReference, SentConfig } from "../groups/index.ts";
import { elementsOf, membersOf } from "../json/span.ts";

type Body = BodyOf<(typeof routes)["PATCH /api/orgs/{orgName}/policygroups/{policyGroup}"]>;
type SentPack = NonNullable<Body["addPolicyPack"]>;

/** An edit of a group as it was sent; configuration is taken from the body's own text, to the byte. */
export function readEdit(body: Body, raw: Buffer): GroupEdit {
  const { addPolicyPack, removePolicyPack, policyPacks, addInsightsAccount, removeInsightsAccount, ...rest } = body;
  const texts = membersOf(raw);
  const listed = elementsOf(texts.get("policyPacks") ?? Buffer.alloc(0));
  return {
    ...rest,
    ...(addPolicyPack && { addPolicyPack: readPack(addPolicyPack, texts.get("addPolicyPack")) }),
    ...(removePolicyPack && { removePolicyPack: readPack(removePolicyPack, undefined) }),
    ...(policyPacks && { policyPacks: policyPacks.map((pack, index) => readPack(pack, listed[index])) }),
    ...(addInsightsAccount && { addInsightsAccount: addInsightsAccount.name }),
    ...(removeInsightsAccount && { removeInsightsAccount: removeInsightsAccount.name }),
  };
}

function readPack({ config, environments, ...rest }: SentPack, raw: Buffer | undefined): PackReference {
  const { name, version, versionTag } = rest;
  const sent = readConfig(config ?? undefined, raw);
  return {
    name,
    ...(version !== undefined && { version }),
    ...(versionTag !== undefined && { versionTag }),
    ...(sent && { config: sent }),
    ...(environments && { environments }),
  };
}

/** The member `config` of the object whose text is `raw`. */
export function readConfig(
  value: Record<string, unknown> | undefined,
  raw: Buffer | undefined,
): SentConfig | undefined {
  const text = raw && membersOf(raw).get("config");
  return value && text && { text: text.toString("utf8"), value };
}
