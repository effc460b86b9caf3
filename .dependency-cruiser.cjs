// The arrows of ARCHITECTURE.md: who may import whom.
const rooms = [
  "actions",
  "notify",
  "enforcement",
  "findings",
  "exceptions",
  "groups",
  "updates",
  "packs",
  "state",
  "secrets",
  "stacks",
  "teams",
  "people",
  "audit",
];

/** Below the rooms: each may import only these others of the server. */
const groundFloor = {
  "json-schema/": ["json/"],
  "json/": [],
  "db/": ["workers/", "keys\\.ts", "seats\\.ts"],
  "jobs/": ["db/", "context\\.ts"],
  "workers/": ["seats\\.ts"],
  "blobs/": [],
  "backup/": [
    "db/",
    "blobs/",
    "workers/",
    "context\\.ts",
    "master-key\\.ts",
    "settings\\.ts",
    "store\\.ts",
    "start-errors\\.ts",
  ],
  "outbound/": [],
  "masking/": ["json/", "recent\\.ts"],
  "recent\\.ts": [],
  "metrics\\.ts": [],
  "keys\\.ts": [],
  "master-key\\.ts": ["keys\\.ts", "settings\\.ts"],
  "seats\\.ts": [],
  "settings\\.ts": ["settings-values\\.ts"],
  "settings-values\\.ts": [],
  "cursor\\.ts": [],
  "context\\.ts": ["db/", "blobs/", "outbound/", "workers/", "masking/", "keys\\.ts", "recent\\.ts", "metrics\\.ts"],
};

/** A package of ours may import only these others of ours. */
const allowed = {
  contract: [],
  proto: [],
  sdk: ["proto"],
  report: ["contract"],
  runner: ["proto", "contract"],
  bundle: ["runner", "contract"],
  server: ["contract", "report"],
  cli: ["contract", "report", "bundle", "runner", "proto"],
  console: ["contract"],
};

const packageRules = Object.entries(allowed).map(([from, to]) => ({
  name: `${from}-imports`,
  comment: `${from} may import ${to.join(", ") || "no package of ours"}`,
  severity: "error",
  from: { path: `^packages/${from}/src`, pathNot: "\\.test(-d)?\\.ts$" },
  to: { path: "^packages/", pathNot: `^packages/(${[from, ...to].join("|")})/` },
}));
// The command line starts the server, and shows its settings in --help.
packageRules.find(({ name }) => name === "cli-imports").to.pathNot =
  "^packages/(cli|contract|report|bundle|runner)/|^packages/proto/src/(send-)?events\\.ts$|^packages/server/(src/settings\\.ts|src/main\\.ts|dist/server\\.js)";
// Authors get the SDK in one small file, so of the contract it takes only what the server tells packs.
packageRules.find(({ name }) => name === "sdk-imports").to.pathNot =
  "^packages/(sdk|proto)/|^packages/contract/src/passed-exceptions\\.ts$";
// A bundle's program for Python ends as the SDK does. It speaks no gRPC.
packageRules.find(({ name }) => name === "bundle-imports").to.pathNot =
  "^packages/(bundle|runner|contract)/|^packages/proto/src/end-with-engine\\.ts$";

const roomRules = rooms.map((room, index) => ({
  name: `server-${room}-calls-down`,
  comment: "inside the server a room may call the rooms below it, never one above",
  severity: "error",
  from: { path: `^packages/server/src/${room}/`, pathNot: "\\.test\\.ts$" },
  to: { path: `^packages/server/src/(${[...rooms.slice(0, index), "http"].join("|")})/` },
}));

const groundRules = Object.entries(groundFloor).map(([part, to]) => ({
  name: `server-ground-floor-${part.replace(/\W/g, "")}`,
  comment: "the ground floor of the server imports no room",
  severity: "error",
  from: { path: `^packages/server/src/${part}`, pathNot: "\\.test\\.ts$" },
  to: { path: "^packages/server/src/", pathNot: `^packages/server/src/(${[part, ...to].join("|")})` },
}));

module.exports = {
  forbidden: [
    ...packageRules,
    ...roomRules,
    ...groundRules,
    {
      name: "server-main-is-loaded-late",
      comment: "the command line loads the server only in the command that runs it",
      severity: "error",
      from: { path: "^packages/cli/src" },
      to: { path: "^packages/server/src/main\\.ts$", dynamic: false },
    },
    {
      name: "grpc-is-loaded-late",
      comment: "a pack that audits a state starts sooner without what speaks gRPC",
      severity: "error",
      from: {
        path: "^packages/(sdk/src/|proto/src/index\\.ts$)",
        pathNot: "^packages/sdk/src/(service\\.ts$|testing/|differential/|secrets/chain\\.ts$)|\\.test\\.ts$",
      },
      to: { path: "^packages/(proto/src/(grpc|serve|service)|sdk/src/service)\\.ts$", dynamic: false },
    },
    {
      name: "rooms-by-their-door",
      comment: "another room is reached through its index.ts; of the actions each file is one",
      severity: "error",
      from: { path: `^packages/server/src/(${rooms.join("|")}|http)/`, pathNot: "\\.test\\.ts$" },
      to: {
        path: `^packages/server/src/(${rooms.filter((room) => room !== "actions").join("|")})/(?!index\\.ts$)`,
        pathNot: "^packages/server/src/$1/",
      },
    },
    {
      name: "only-the-front-door-knows-http",
      comment: "below http/ nothing knows Fastify, requests, headers or statuses",
      severity: "error",
      from: {
        path: "^packages/server/src/",
        pathNot: "^packages/server/src/(http/|testing/|main\\.ts$)|\\.test\\.ts$",
      },
      to: { path: "node_modules/(fastify|@fastify|range-parser|light-my-request)/|^(node:)?https?$" },
    },
    {
      name: "front-door-knows-no-database",
      severity: "error",
      from: { path: "^packages/server/src/http/", pathNot: "\\.test\\.ts$" },
      to: { path: "node_modules/(kysely|pg|@electric-sql)/" },
    },
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|gen)/|^packages/cli/templates/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["source", "import", "node", "default"] },
  },
};
