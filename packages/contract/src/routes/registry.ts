import { Type } from "typebox";
import { OrgParams } from "../names.ts";
import type { Route, Routes } from "../route.ts";

/**
 * Quillon has no registry. The lists exist and are empty, because CLIs since 3.194 read them before they make a project
 * from any template, and a 404 ends the command:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/cmd/pulumi/templates/cloud.go#L140
 */
const packages = {
  summary: "List the packages of the registry: there are none",
  access: "user",
  reply: Type.Object({ packages: Type.Array(Type.Object({})) }),
} as const satisfies Route;

export const registryRoutes = {
  "GET /api/registry/templates": {
    summary: "List the templates of the registry: there are none",
    access: "user",
    reply: Type.Object({ templates: Type.Array(Type.Object({})) }),
  },
  "GET /api/registry/packages": packages,
  /** Where CLIs look that are older than the route above. */
  "GET /api/preview/registry/packages": packages,
  "GET /api/orgs/{orgName}/templates": {
    summary: "List the templates of an organization: there are none",
    access: "org:member",
    params: OrgParams,
    reply: Type.Object({
      templates: Type.Record(Type.String(), Type.Array(Type.Object({}))),
      orgHasTemplates: Type.Boolean(),
      hasAccessError: Type.Boolean(),
      hasUpstreamError: Type.Boolean(),
    }),
  },
} as const satisfies Routes;
