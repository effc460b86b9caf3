// The arrows of ARCHITECTURE.md: who may import whom.
const rooms = ["updates", "groups", "packs", "state", "teams", "stacks", "secrets", "people", "audit"];

/** A package of ours may import only these others of ours. */
const allowed = {
  contract: [],
  proto: [],
  sdk: ["proto"],
  server: ["contract"],
  cli: ["contract"],
};

const packageRules = Object.entries(allowed).map(([from, to]) => ({
  name: `${from}-imports`,
  comment: `${from} may import ${to.join(", ") || "no package of ours"}`,
  severity: "error",
  from: { path: `^packages/${from}/src`, pathNot: "\\.test(-d)?\\.ts$" },
  to: { path: "^packages/", pathNot: `^packages/(${[from, ...to].join("|")})/` },
}));
// The one exception: the command line starts the server, and shows its settings in --help.
packageRules.find(({ name }) => name === "cli-imports").to.pathNot =
  "^packages/(cli|contract)/|^packages/server/(src/settings\\.ts|src/main\\.ts|dist/server\\.js)";

const roomRules = rooms.map((room, index) => ({
  name: `server-${room}-calls-down`,
  comment: "inside the server a room may call the rooms below it, never one above",
  severity: "error",
  from: { path: `^packages/server/src/${room}/`, pathNot: "\\.test\\.ts$" },
  to: { path: `^packages/server/src/(${[...rooms.slice(0, index), "http"].join("|")})/` },
}));

module.exports = {
  forbidden: [
    ...packageRules,
    ...roomRules,
    {
      name: "server-main-is-loaded-late",
      comment: "the command line loads the server only in the command that runs it",
      severity: "error",
      from: { path: "^packages/cli/src" },
      to: { path: "^packages/server/src/main\\.ts$", dynamic: false },
    },
    {
      name: "rooms-by-their-door",
      comment: "another room's files are reached by its index.ts",
      severity: "error",
      from: { path: `^packages/server/src/(${rooms.join("|")}|http)/`, pathNot: "\\.test\\.ts$" },
      to: {
        path: `^packages/server/src/(${rooms.join("|")})/(?!index\\.ts$)`,
        pathNot: "^packages/server/src/$1/",
      },
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
    exclude: { path: "(^|/)(dist|gen)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["source", "import", "node", "default"] },
  },
};
