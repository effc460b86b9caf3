import type { TObject, TSchema } from "typebox";
import { bodySchema } from "./body-schema.ts";
import type { Access, Route, Routes } from "./route.ts";

/** The text in the document for each kind of access. */
const accessWords: Record<Access, string> = {
  public: "Open to anybody.",
  signed: "For everybody who has the URL, which carries its own proof.",
  user: "Needs a valid access token.",
  person: "Needs a person's own access token, not an organization's or a team's.",
  "site:admin": "Needs an access token of an admin of this server.",
  "org:member": "Needs membership of the organization.",
  "org:policy": "Needs the role policy-manager or admin in the organization.",
  "org:admin": "Needs the role admin in the organization.",
  "team:admin": "Needs an admin of the team or of the organization.",
  "stack:read": "Needs read access to the stack.",
  "stack:write": "Needs write access to the stack.",
  "stack:admin": "Needs admin access to the stack.",
  lease: "Needs the update-token of the running update.",
};

const securitySchemes = {
  token: {
    type: "apiKey",
    in: "header",
    name: "Authorization",
    description: "`token ACCESS_TOKEN`: an access token of a person, an organization or a team.",
  },
  updateToken: {
    type: "apiKey",
    in: "header",
    name: "Authorization",
    description: "`update-token TOKEN`: the lease that starting an update answers.",
  },
  signedUrl: {
    type: "apiKey",
    in: "query",
    name: "signature",
    description: "Part of a URL that the server gave out, which proves itself.",
  },
};

const errorBody = {
  type: "object",
  required: ["code", "message", "id"],
  properties: {
    code: { type: "integer", description: "The HTTP status." },
    message: { type: "string", description: "A sentence for people." },
    id: { type: "string", description: "The error's stable name." },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["resource", "errorType"],
        properties: {
          resource: { type: "string" },
          attribute: { type: "string" },
          errorType: { enum: ["not_found", "required", "invalid", "already_exists", "custom"] },
          customMessage: { type: "string" },
        },
      },
    },
  },
};

/** The routes as one OpenAPI 3.1 document. Their schemas are already JSON Schema. */
export function openApi(routes: Routes): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [key, route] of Object.entries(routes)) {
    const [method = "", path = ""] = key.split(" ");
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(key, route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Quillon",
      version: "1",
      description: "Policy as code for Pulumi. Paths and shapes are those of Pulumi's own API where it has them.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      securitySchemes,
      schemas: { Error: errorBody },
      responses: {
        Error: {
          description: "Refused, or failed: the reason is in the body.",
          content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
        },
      },
    },
  };
}

function operation(key: string, route: Route): object {
  const { access, params, query } = route;
  return {
    operationId: operationId(key),
    tags: [tagOf(key)],
    summary: route.summary,
    description: accessWords[access],
    "x-quillon-access": access,
    security: securityOf(access),
    ...((params || query) && {
      parameters: [...parametersOf("path", params), ...parametersOf("query", query, access)],
    }),
    ...bodyOf(route),
    responses: { ...success(key, route), ...refusals(access), default: { $ref: "#/components/responses/Error" } },
  };
}

/** The errors of authorization. The errors of the route itself are under `default`. */
function refusals(access: Access): object {
  const statuses =
    access === "public" || access === "signed" ? [] : access === "user" || access === "lease" ? [401] : [401, 403];
  if (/^(org|team|stack):/.test(access)) statuses.push(404);
  return Object.fromEntries(statuses.map((status) => [status, { $ref: "#/components/responses/Error" }]));
}

/** `GET /api/orgs/{orgName}/teams/{teamName}` is `getOrgsTeamsByTeamName`. Each route has a different one. */
function operationId(key: string): string {
  const [method = "", path = ""] = key.split(" ");
  const parts = path.split("/").filter((part) => part !== "" && part !== "api");
  const words = parts.flatMap((part, index) => {
    if (!part.startsWith("{")) return part.split(/[^A-Za-z0-9]+/);
    return index === parts.length - 1 ? ["By", part.slice(1, -1)] : [];
  });
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

/** The kind of thing that the route is about. */
function tagOf(key: string): string {
  const [, path = ""] = key.split(" ");
  const [first = "", ...rest] = path.split("/").filter((part) => !["", "api", "quillon"].includes(part));
  const nouns = rest.filter((part) => !part.startsWith("{"));
  return first === "orgs" ? (nouns[0] ?? "organizations") : first.startsWith("openapi") ? "operations" : first;
}

function securityOf(access: Access): object[] {
  if (access === "public") return [];
  if (access === "signed") return [{ signedUrl: [] }];
  return access === "lease" ? [{ updateToken: [] }] : [{ token: [] }];
}

/** The signature of a signed URL is a security scheme in the document, so it is not listed as a parameter. */
function parametersOf(where: "path" | "query", schema: TObject | undefined, access?: Access): object[] {
  const required: readonly string[] = schema?.required ?? [];
  return Object.entries<TSchema>(schema?.properties ?? {})
    .filter(([name]) => !(access === "signed" && name === "signature"))
    .map(([name, one]) => ({ name, in: where, required: required.includes(name), schema: one }));
}

function bodyOf(route: Route): object {
  if (route.raw === "stream") {
    const schema = { type: "string", format: "binary" };
    return { requestBody: { required: true, content: { "application/octet-stream": { schema } } } };
  }
  const body = bodySchema(route);
  return body ? { requestBody: { required: true, content: { "application/json": { schema: body } } } } : {};
}

function success(key: string, { reply, ...route }: Route): object {
  const status = route.status ?? 200;
  const empty = status === 204 || key.startsWith("HEAD ");
  const binary = "format" in reply && reply.format === "binary" ? "application/gzip" : undefined;
  const named = "contentMediaType" in reply ? String(reply.contentMediaType) : undefined;
  const type = binary ?? named ?? "application/json";
  const texts = (route.texts ?? []).map((name) => [name, { schema: /json$/.test(name) ? {} : { type: "string" } }]);
  const content = { [type]: { schema: reply }, ...Object.fromEntries(texts) };
  return { [status]: { description: "Done.", ...(!empty && { content }) } };
}
