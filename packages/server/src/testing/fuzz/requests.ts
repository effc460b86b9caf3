import { hash } from "node:crypto";
import { type Api, type BodyOf, bodySchema, type Route, type RouteKey, routes } from "@quillon/contract";
import fc from "fast-check";
import { publication } from "../pack.ts";
import { jsonOf, nearlyValid } from "./mutations.ts";
import { hostileTexts, type Known, valuesOf } from "./values.ts";
import { type Caller, callers, STATE } from "./world.ts";

/** A request, with the names that a world fills in. */
export interface Sent {
  by: Caller;
  params: Record<string, string>;
  query: Record<string, unknown>;
  /** JSON text; empty for no body. */
  body: string;
  headers: Record<string, string>;
}

const known: Known = {
  orgName: ["acme", "acme", "acme", "globex", "admin"],
  projectName: ["web"],
  routingProject: ["web"],
  stackName: ["dev", "busy", "<new>"],
  stackId: ["<deleted>"],
  updateID: ["<created>", "<running>", "<ended>", "1", "latest"],
  policyPackName: ["pack", "reserved", "spare"],
  policypack: ["pack"],
  version: ["latest", "<packTag>", "<reservedTag>", "1", "2"],
  versionTag: ["<packTag>", "1", ""],
  policyGroup: ["group", "default-policy-group", "default-accounts-policy-group"],
  name: ["pack", "dev", "group", "team", "env", "<new>"],
  newName: ["group", "dev", "<new>"],
  newProject: ["web", ""],
  teamName: ["team"],
  teams: ["team"],
  userLogin: ["bob", "carol", "admin", "eve"],
  member: ["bob", "carol", "eve"],
  login: ["<new>", "bob"],
  userFilter: ["admin"],
  tokenId: ["<token>", "<organizationToken>", "<teamToken>"],
  tagName: ["env"],
  "tags key": ["env", "pulumi:project"],
  issueId: ["<issue>"],
  changeRequestId: ["<draftRequest>", "<pendingRequest>", "<readyRequest>"],
  exceptionId: ["<exception>", "EXC-1"],
  policies: ["no-public-bucket"],
  targets: ["urn:pulumi:dev::web::a:b:C::n"],
  stack: ["web/dev"],
  policyPack: ["pack"],
  policy: ["no-public-bucket"],
  field: ["severity", "status"],
  colId: ["severity", "status", "policyPack", "resourceURN"],
  filterType: ["text", "join"],
  type: ["equals", "AND", "OR"],
  sort: ["asc", "desc"],
  assignedTo: ["bob", ""],
  reservation: ["<uploadable>"],
  packVersion: ["<packVersion>"],
  signature: ["<upload>", "<download>"],
  hookName: ["hook"],
  event: ["<delivery>"],
  payloadUrl: ["http://127.0.0.1:1/hook"],
  format: ["raw", "slack", "ms_teams"],
  filters: ["update_succeeded", "policy_violation_mandatory"],
  groups: ["stacks", "policies"],
  ciphertext: ["<ciphertext>"],
  ciphertexts: ["<ciphertext>"],
  organization: ["acme"],
  project: ["web"],
  config: ["no-public-bucket"],
  "config key": ["no-public-bucket", "all", "web:a"],
  "config value": ["mandatory"],
};

interface Plain {
  params?: Record<string, string>;
  query?: Record<string, string>;
  by?: Caller;
}

const filterModel = {
  type: "AND",
  conditions: [{ filter: "high", colId: "severity", filterType: "text", type: "equals" }],
};
const grid = { startRow: 0, endRow: 10, filterModel, sortModel: [{ colId: "severity", sort: "desc" as const }] };
const triage = { status: "in_progress" as const, priority: "p1" as const, assignedTo: "bob", comment: "Seen." };

/** Nothing listens there, so what is sent fails at once. */
const hook = { name: "<new>", displayName: "A hook", payloadUrl: "http://127.0.0.1:1/x", filters: ["update_failed"] };
const hookEdit = { active: true, groups: ["policies"], secret: "s" };

const stackMatchRule = {
  __type: "PermissionExpressionNot",
  node: {
    __type: "PermissionExpressionHasTag",
    context: { __type: "PermissionExpressionStack" },
    key: "team",
  },
};

/** It leaves the state of the stack `busy` as it is. */
const nowhere = { line: 1, column: 1, offset: 0 };
const DELTA = {
  version: 3,
  checkpointHash: hash("sha256", JSON.stringify(STATE)),
  sequenceNumber: 2,
  deploymentDelta: [{ Span: { uri: "", start: nowhere, end: nowhere }, NewText: "" }],
};

/** A body of each route that is accepted. */
const bodies: { readonly [K in RouteKey as Api[K] extends { readonly body: object } ? K : never]: BodyOf<Api[K]> } = {
  "POST /api/quillon/orgs": { name: "<new>x" },
  "PUT /api/quillon/orgs/{orgName}/receipt-rule": { required: false },
  "POST /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/receipt-state/lift": { reason: "why" },
  "PATCH /api/quillon/orgs/{orgName}": { defaultStackPermission: "read" },
  "POST /api/orgs/{orgName}/users": { login: "<new>x" },
  "POST /api/orgs/{orgName}/members/{userLogin}": { role: "member" },
  "PATCH /api/orgs/{orgName}/members/{userLogin}": { role: "admin" },
  "POST /api/orgs/{orgName}/teams/pulumi": { name: "<new>" },
  "PATCH /api/orgs/{orgName}/teams/{teamName}": {
    ...{ newDisplayName: "T", memberAction: "promote", member: "bob" },
    editStackPermission: { projectName: "web", stackName: "dev", permission: 103 },
  },
  "POST /api/user/tokens": {},
  "POST /api/orgs/{orgName}/tokens": { name: "<new>", admin: false },
  "POST /api/orgs/{orgName}/teams/{teamName}/tokens": { name: "<new>" },
  "POST /api/quillon/orgs/{orgName}/elsewhere/policypacks": {
    ...{ backend: "s3://states", project: "web", stack: "<new>", program: { name: "web", runtime: "nodejs" } },
  },
  "PUT /api/quillon/orgs/{orgName}/elsewhere": { backend: "s3://states", project: "web", stack: "<new>" },
  "POST /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/requirements": {
    ...{ expires: Math.floor(Date.now() / 1000) + 3600, program: { name: "web", runtime: "nodejs" } },
  },
  "PUT /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/check": {
    packs: [{ name: "pets", version: "1.0.0", policies: [] }],
    results: [
      {
        ...{ kind: "violated", pack: "pets", version: "1.0.0", policy: "length", level: "mandatory", severity: "high" },
        ...{ urn: "urn:pulumi:away::web::a:b:C::n", message: "m" },
      },
    ],
    leftOut: 0,
  },
  "POST /api/stacks/{orgName}/{projectName}": {
    ...{ stackName: "<new>", tags: { env: "dev" }, teams: ["team"] },
    state: STATE,
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/rename": { newName: "<new>" },
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/tags": { env: "dev" },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/tags": { name: "env", value: "dev" },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/import": STATE,
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/encrypt": { plaintext: "YWJj" },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt": { ciphertext: "<ciphertext>" },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/batch-encrypt": { plaintexts: ["YWJj", ""] },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/batch-decrypt": { ciphertexts: ["<ciphertext>"] },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt/log-decryption": { secretName: "s" },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/decrypt/log-batch-decryption": { commandName: "c" },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update": {
    ...{ name: "web", runtime: "nodejs", description: "d", options: { dryRun: false } },
    config: { "web:a": { string: "b", secret: false, object: false } },
    metadata: { message: "m", environment: { "git.head": "0" } },
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/preview": { options: { dryRun: true } },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/refresh": {},
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/destroy": {},
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}": {
    tags: { env: "prod" },
    journalVersion: 0,
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/renew_lease": { token: "", duration: 300 },
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/checkpoint": STATE,
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/checkpointverbatim": {
    version: 3,
    untypedDeployment: STATE,
    sequenceNumber: 1,
  },
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/checkpointdelta": DELTA,
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/journalentries": {
    entries: [{ version: 1, kind: 0, sequenceID: 1, operationID: 1, removeOld: null, removeNew: null } as never],
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/events/batch": {
    events: [{ sequence: 1, timestamp: 1, summaryEvent: { isPreview: false, resourceChanges: { create: 1 } } }],
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}/complete": { status: "succeeded" },
  "POST /api/orgs/{orgName}/policypacks": { ...publication("<new>", "1.0.0"), metadata: { "git.head": "0" } } as never,
  "POST /api/orgs/{orgName}/policygroups": {
    name: "<new>",
    mode: "audit",
    stackMatchRule,
    accountMatchRule: stackMatchRule,
  },
  "PATCH /api/orgs/{orgName}/policygroups/{policyGroup}": {
    mode: "audit",
    addStack: { name: "dev", routingProject: "web" },
  },
  "PATCH /api/orgs/{orgName}/policygroups/{policyGroup}/batch": [
    { removePolicyPack: { name: "pack" } },
    { stackMatchRule },
  ],
  "POST /api/orgs/{orgName}/policygroups/accountmatchrule/preview": { accountMatchRule: stackMatchRule, search: "w" },
  "POST /api/orgs/{orgName}/policygroups/stackmatchrule/preview": { stackMatchRule, search: "w/d" },
  "PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/selector": {
    selector: { all: [{ project: "web" }], any: [{ tag: "env", value: "prod*" }], except: [{ stack: "x" }] },
  },
  "PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/policypacks/{policyPackName}/follow": { follow: true },
  "POST /api/orgs/{orgName}/policy/exceptions": {
    policyPack: "pack",
    match: [{ policies: ["no-public-bucket"], targets: ["urn:pulumi:dev::web::a:b:C::n"] }],
    ...{ reason: "why", expiresInSeconds: 3600 },
  },
  "POST /api/orgs/{orgName}/policy/exceptions/drafts": {
    policyPack: "pack",
    match: [{ policies: ["no-public-bucket"], targets: ["urn:pulumi:dev::web::a:b:C::n"] }],
    reason: "why not",
  },
  "POST /api/change-requests/{orgName}/{changeRequestId}/submit": { description: "why" },
  "POST /api/change-requests/{orgName}/{changeRequestId}/approve": { revisionNumber: 1, comment: "yes" },
  "POST /api/change-requests/{orgName}/{changeRequestId}/close": { comment: "no" },
  "POST /api/change-requests/{orgName}/{changeRequestId}/comments": { comment: "until when?" },
  "PUT /api/quillon/orgs/{orgName}/exception-rule": {
    ...{ approval: false, longestHours: null, endRequired: false, forbiddenFrom: null },
  },
  "PUT /api/quillon/orgs/{orgName}/finding-rule": {
    overdueAfterDays: { critical: 1, high: 2, medium: 3, low: null },
  },
  "POST /api/orgs/{orgName}/policyresults/compliance": { entity: "stack", size: 10 },
  "POST /api/orgs/{orgName}/policyresults/policies": { startRow: 0, endRow: 10 },
  "POST /api/orgs/{orgName}/policy/findings/compliance": { entity: "severity" },
  "POST /api/orgs/{orgName}/policy/findings/policies": { startRow: 0, endRow: 10 },
  "POST /api/quillon/orgs/{orgName}/findings/triage": { ids: ["<issue>"], ...triage },
  "POST /api/orgs/{orgName}/policyresults/issues": grid,
  "PATCH /api/orgs/{orgName}/policyresults/issues/{issueId}": triage,
  "POST /api/orgs/{orgName}/policyresults/issues/export": grid,
  "POST /api/orgs/{orgName}/policyresults/issues/filters": { field: "severity", filterModel },
  "POST /api/orgs/{orgName}/policy/findings": grid,
  "PATCH /api/orgs/{orgName}/policy/findings/{issueId}": triage,
  "POST /api/orgs/{orgName}/policy/findings/export": grid,
  "POST /api/orgs/{orgName}/policy/findings/filters": { field: "severity", filterModel },
  "POST /api/orgs/{orgName}/hooks": hook,
  "PATCH /api/orgs/{orgName}/hooks/{hookName}": hookEdit,
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/hooks": hook,
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/hooks/{hookName}": hookEdit,
  "POST /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/config/problems": {
    config: { all: { enforcementLevel: "advisory" } },
  },
  "POST /api/quillon/orgs/{orgName}/selector/matches": { selector: { any: [{ stack: "*" }] } },
};

const busy = { stackName: "busy", updateID: "<running>" };
const UPDATE = "/api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}";

const STACK = "/api/stacks/{orgName}/{projectName}/{stackName}";

/** Where the names in `known` that come first are not those of an accepted request. */
const exceptions: Partial<Record<RouteKey, Plain>> = {
  "DELETE /api/quillon/session": { by: "browser" },
  "POST /api/quillon/session/proxy": { by: "proxied" },
  "GET /api/quillon/orgs/{orgName}/bundled-packages": { query: { name: "lodash", version: "<4" } },
  "GET /api/quillon/orgs/{orgName}/elsewhere": { query: { backend: "s3://states" } },
  "GET /api/quillon/orgs/{orgName}/elsewhere/policypacks": { query: { project: "web", stack: "new" } },
  "GET /api/quillon/orgs/{orgName}/overview/stacks": { query: { state: "governed" } },
  "GET /api/quillon/orgs/{orgName}/search": { query: { text: "a" } },
  "POST /api/orgs/{orgName}/members/{userLogin}": { params: { userLogin: "eve" } },
  "DELETE /api/orgs/{orgName}/tokens/{tokenId}": { params: { tokenId: "<organizationToken>" } },
  "DELETE /api/orgs/{orgName}/teams/{teamName}/tokens/{tokenId}": { params: { tokenId: "<teamToken>" } },
  "DELETE /api/stacks/{orgName}/{projectName}/{stackName}": { query: { force: "true" } },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/export/{version}": { params: { version: "1" } },
  [`GET ${UPDATE}`]: { params: { updateID: "<ended>" } },
  [`GET ${UPDATE}/events`]: { params: { updateID: "<ended>" } },
  [`POST ${UPDATE}/cancel`]: { params: busy },
  "POST /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/requirements": { params: { stackName: "away" } },
  "PUT /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/check": { params: { stackName: "away" } },
  [`POST ${STACK}/hooks/{hookName}/deliveries/{event}/redeliver`]: { params: { event: "<stackDelivery>" } },
  "GET /api/quillon/orgs/{orgName}/receipts/{updateID}": { params: { updateID: "<ended>" } },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}": {
    params: { updateID: "<ended>" },
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/events": {
    params: { updateID: "<ended>" },
    query: { payload: "diagnosticEvent" },
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results": {
    params: { updateID: "<ended>" },
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results/counts": {
    params: { updateID: "<ended>" },
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results/list": {
    params: { updateID: "<ended>" },
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/exceptions": {
    params: { updateID: "<ended>" },
  },
  "POST /api/change-requests/{orgName}/{changeRequestId}/approve": { params: { changeRequestId: "<pendingRequest>" } },
  "DELETE /api/change-requests/{orgName}/{changeRequestId}/approve": { params: { changeRequestId: "<readyRequest>" } },
  "POST /api/change-requests/{orgName}/{changeRequestId}/apply": { params: { changeRequestId: "<readyRequest>" } },
  "PUT /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/sources": {
    params: { policyPackName: "uploadable", version: "<uploadableTag>" },
  },
  "PUT /api/policypacks/uploads/{reservation}": { query: { signature: "<upload>" } },
  "GET /api/policypacks/archives/{packVersion}": { query: { signature: "<download>", expires: "<expires>" } },
  "DELETE /api/orgs/{orgName}/policypacks/{policyPackName}": { params: { policyPackName: "spare" } },
  "DELETE /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}": {
    params: { policyPackName: "spare", version: "<spareTag>" },
  },
  "POST /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/complete": {
    params: { policyPackName: "reserved", version: "<reservedTag>" },
  },
};

/** A request that the route accepts in every world. */
export function plainRequest(key: RouteKey): Sent {
  const { access, params }: Route = routes[key];
  const isLease = access === "lease";
  const { params: others, query = {}, by } = exceptions[key] ?? {};
  const first = Object.keys(params?.properties ?? {}).map((name) => [name, known[name]?.[0] ?? "x"]);
  return {
    by: by ?? (access === "public" || access === "signed" ? "nobody" : isLease ? "lease" : "admin"),
    params: { ...Object.fromEntries(first), ...(isLease && busy), ...others },
    query,
    body: key in bodies ? jsonOf((bodies as Record<string, unknown>)[key]) : key.startsWith("PUT ") ? "x" : "",
    headers: {},
  };
}

const headers = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Record<string, string>>(
      { "if-match": "*" },
      { "if-match": '"9223372036854775808"' },
      { range: "bytes=0-9" },
      { range: "bytes=99999999999999999999-" },
      { "accept-encoding": "gzip" },
      { "content-encoding": "gzip" },
      { "content-type": "application/json; charset=latin1" },
      { "content-type": "text/plain" },
      { "user-agent": "pulumi-cli/1 (v3.274.1; linux)" },
      { "x-forwarded-host": "a b" },
    ),
  },
);

/** Requests to a route: valid ones, and those that differ from a valid one in a place. */
export function requestsTo(key: RouteKey): fc.Arbitrary<Sent> {
  const route: Route = routes[key];
  const plain = plainRequest(key);
  return fc.record({
    by: fc.oneof(
      { weight: 5, arbitrary: fc.constant(plain.by) },
      { weight: 3, arbitrary: fc.constantFrom(...callers) },
    ),
    params: paramsOf(route, plain.params),
    query: queryOf(route, plain.query),
    body: bodyOf(route, key in bodies ? (bodies as Record<string, unknown>)[key] : undefined),
    headers,
  });
}

/** A longer URL is refused by Node.js. */
const fitsUrl = (text: string) => text.length <= 1000;

function paramsOf({ params }: Route, plain: Sent["params"]): fc.Arbitrary<Sent["params"]> {
  if (!params) return fc.constant({});
  const valid = valuesOf(params, known) as fc.Arbitrary<Sent["params"]>;
  const odd = fc
    .tuple(valid, fc.constantFrom(...Object.keys(params.properties)), fc.constantFrom(...hostileTexts.filter(fitsUrl)))
    .map(([made, name, text]) => ({ ...made, [name]: text }));
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(plain) },
    { weight: 3, arbitrary: valid },
    { weight: 1, arbitrary: odd },
  );
}

function queryOf({ query }: Route, plain: Sent["query"]): fc.Arbitrary<Sent["query"]> {
  if (!query) return fc.constant({});
  const valid = valuesOf(query, known) as fc.Arbitrary<Sent["query"]>;
  const odd = nearlyValid(valid).map((made) => (typeof made === "object" ? { ...made } : {}));
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant(plain) },
    { weight: 2, arbitrary: valid },
    { weight: 1, arbitrary: odd },
  );
}

function bodyOf(route: Route, plain: unknown): fc.Arbitrary<string> {
  const schema = bodySchema(route);
  if (route.raw === "stream") return fc.constantFrom("", "x", "<new>", "x".repeat(70_000));
  const cut = (json: string) => json.slice(0, -1);
  if (!schema) return fc.constantFrom("", "", "", "{}", "null", "[", "\0");
  const valid = valuesOf(schema, known);
  const texts = fc.oneof(
    { weight: 4, arbitrary: valid.map(jsonOf) },
    { weight: 3, arbitrary: nearlyValid(valid).map(jsonOf) },
    { weight: 3, arbitrary: nearlyValid(fc.constant(plain)).map(jsonOf) },
    { weight: 1, arbitrary: fc.constant(jsonOf(plain)) },
  );
  return fc.oneof({ weight: 15, arbitrary: texts }, { weight: 1, arbitrary: texts.map(cut) });
}
