import { fail } from "@quillon/contract";
import { findUser, listOrganizations } from "../../people/index.ts";
import type { Handlers } from "../route.ts";

export const userHandlers = {
  "GET /api/user": async ({ db, actor }) => {
    const user = await findUser(db, actor.userId);
    const organizations = await listOrganizations(db, actor.userId);
    return {
      id: user.id,
      githubLogin: user.login,
      name: user.name,
      email: user.email,
      avatarUrl: "",
      organizations: organizations.map(({ name }) => ({ name, githubLogin: name, avatarUrl: "" })),
      identities: [],
      siteAdmin: false,
    };
  },
  "GET /api/user/organizations/default": async ({ db, actor }) => {
    const [first] = await listOrganizations(db, actor.userId);
    if (!first) throw fail("organization_default_not_found", {});
    return { gitHubLogin: first.name };
  },
  "GET /api/capabilities": async () => ({
    capabilities: [
      { capability: "batch-encrypt", version: 1 },
      { capability: "deployment-schema-version", version: 1, configuration: { version: 4 } },
      { capability: "stack-policy-packs", version: 1 },
    ],
  }),
} satisfies Partial<Handlers>;
