import type { Api, ReplyOf } from "@quillon/contract";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../api.ts";

type Explained = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/policypacks"]>;
type Membership = Explained["policyPacks"][number]["groups"][number]["membership"];
type Condition = NonNullable<Membership["conditions"]>[number];

/** Which groups make a stack run each pack now, and why the stack is in them. */
export const explainedQuery = ({
  orgName,
  projectName,
  stackName,
}: {
  orgName: string;
  projectName: string;
  stackName: string;
}) =>
  queryOptions({
    queryKey: ["stack", { orgName, projectName, stackName }, "explained"],
    queryFn: () =>
      api.call("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/policypacks", {
        params: { orgName, projectName, stackName },
      }),
  });

/** What a group does with a stack, after its name or "it". */
export function describeMembership({ by, conditions = [] }: Membership): string {
  if (by === "default") return "takes in every stack";
  if (by === "explicit") return "lists this stack";
  return `takes in this stack by its rule: ${conditions.map(describeCondition).join(", ")}`;
}

export function describeCondition(condition: Condition): string {
  if ("project" in condition) return `project ${condition.project}`;
  if ("stack" in condition) return `stack ${condition.stack}`;
  return "value" in condition ? `tag ${condition.tag} = ${condition.value}` : `tag ${condition.tag}`;
}
