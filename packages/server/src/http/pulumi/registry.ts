import type { Handlers } from "../route.ts";

const noPackages = async () => ({ packages: [] });

export const registryHandlers = {
  "GET /api/registry/templates": async () => ({ templates: [] }),
  "GET /api/registry/packages": noPackages,
  "GET /api/preview/registry/packages": noPackages,
  "GET /api/orgs/{orgName}/templates": async () => ({
    templates: {},
    orgHasTemplates: false,
    hasAccessError: false,
    hasUpstreamError: false,
  }),
} satisfies Partial<Handlers>;
