import { newError } from "@quillon/contract";
import { listOrganizations, readUser } from "../../people/index.ts";
import type { Handlers } from "../route.ts";
import { pulumiRole } from "./shapes.ts";

export const userHandlers = {
  "GET /api/user": async ({ db, actor }) => {
    const user = await readUser(db, actor.userId);
    const organizations = await listOrganizations(db, actor);
    const { scope } = actor;
    return {
      id: user.id,
      // The CLI uses this as the owner of stack names without one. A token of an organization or a team has to act there.
      // https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/backend.go#L871
      githubLogin: scope?.organization.name ?? user.login,
      name: user.name,
      email: user.email,
      avatarUrl: "",
      organizations: organizations.map(({ name, role }) => ({
        name,
        githubLogin: name,
        avatarUrl: "",
        role: pulumiRole(role),
      })),
      identities: [],
      siteAdmin: actor.siteAdmin,
      hasMFA: false,
      isOrgManaged: false,
      isManagedByMultiOrg: false,
      ...(scope && {
        tokenInfo: {
          name: actor.tokenName,
          organization: scope.organization.name,
          ...(scope.team && { team: scope.team.name }),
        },
      }),
    };
  },
  "GET /api/user/organizations/default": async ({ db, actor }) => {
    const [first] = await listOrganizations(db, actor);
    if (!first) throw newError("organization_default_not_found", {});
    return { GitHubLogin: first.name, Messages: [] };
  },
  "GET /api/capabilities": async ({ server: { deltaCutoff } }) => ({
    capabilities: [
      { capability: "batch-encrypt", version: 1 },
      { capability: "deployment-schema-version", version: 1, configuration: { version: 4 } },
      { capability: "stack-policy-packs", version: 1 },
      ...(deltaCutoff === null
        ? []
        : [
            {
              capability: "delta-checkpoint-uploads-v2",
              version: 2,
              configuration: { checkpointCutoffSizeBytes: deltaCutoff },
            },
          ]),
    ],
  }),
} satisfies Partial<Handlers>;
