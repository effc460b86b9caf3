import type { Api, BodyOf } from "@quillon/contract";
import type { Command } from "commander";
import { signInTo, withOrg } from "./organization.ts";

/** The policy group that every organization has, with all of its stacks. */
export const DEFAULT_GROUP = "default-policy-group";

export interface GroupOptions {
  org?: string;
}

/** A command about one policy group, which is its first argument. */
export function withGroup(command: Command): Command {
  return withOrg(command).argument("<group>", "the policy group");
}

/** Changes a policy group: all of the edit or nothing. */
export async function patchGroup(
  policyGroup: string,
  edit: BodyOf<Api["PATCH /api/orgs/{orgName}/policygroups/{policyGroup}"]>,
  options: GroupOptions,
): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const params = { orgName, policyGroup };
  await client.call("PATCH /api/orgs/{orgName}/policygroups/{policyGroup}", { params, body: edit });
}
