import type pg from "pg";
import type { startQuillonClient } from "../measure/client.ts";
import { printLine, spread, time } from "../measure/ratios.ts";

type Client = ReturnType<typeof startQuillonClient>;
type Filter = Record<string, string>;
/** What a console asks, by name. */
type Ask = [name: string, ask: (client: Client) => Promise<void>];

/** In milliseconds, of the p95. */
const MOST = 150;
const WHICH = ["recent=new", "recent=reopened", "overdue=true"];
const SORTS = "severity priority status observedAt lastModified policyPack policyName resourceType level".split(" ");
const VALUES =
  "policyName policyPack policyGroupName entityId entityProject stack severity status priority assignedTo resourceType resourceURN".split(
    " ",
  );

/** @param one of a finding that all may read. */
function listsOf(post: Post, { urn, project, name }: { urn: string; project: string; name: string }): Ask[] {
  const list = (filter: Filter, sort = "", query = "") =>
    post(`issues${query}`, { filterModel: modelOf(filter), sortModel: sortOf(sort), startRow: 0, endRow: 100 });
  const filters: Filter[] = [
    {},
    { status: "open" },
    { status: "in_progress" },
    { severity: "low" },
    { severity: "critical" },
    { severity: "that none has" },
    { priority: "p0" },
    { policyPack: "pack-7" },
    // Its findings are the oldest.
    { policyPack: "pack-19" },
    { policyName: "policy-7-8" },
    { policyGroupName: "default-policy-group" },
    { policyGroupName: "" },
    { policyGroupName: "that none has" },
    { entityProject: project },
    { entityProject: project, entityId: name },
    { resourceType: "aws:iam/thing5:Thing5" },
    { resourceURN: urn },
    { assignedTo: "user-3" },
    { assignedTo: "" },
    { policyPack: "pack-7", severity: "high" },
    // The database can't know that none of this policy's are critical.
    { policyName: "policy-0-0", severity: "critical" },
    { status: "ignored", priority: "p1", severity: "low" },
  ];
  return [
    ...filters.map((filter): Ask => [`list ${nameOf(filter)}`, list(filter)]),
    ["list, closed", list({}, "", "?closed=true")],
    ["list of a project and severity", list({ entityProject: project, severity: "low" }, "priority asc")],
    // All of the pack's are advisory, so mandatory ones come first, and there is none.
    ["list of a pack by level", list({ policyPack: "pack-7" }, "level desc")],
    ["list of a pack by observedAt", list({ policyPack: "pack-7" }, "observedAt desc")],
    ...WHICH.flatMap((which): Ask[] => [
      [`list, ${which}`, list({}, "severity desc,lastModified desc", `?${which}`)],
      [`list, ${which}, by lastModified`, list({}, "lastModified desc", `?${which}`)],
      [`list of a policy, ${which}`, list({ policyName: "policy-7-8" }, "severity desc", `?${which}`)],
    ]),
    ["list by severity and observedAt", list({}, "severity desc,observedAt desc")],
    ...SORTS.flatMap((field) => [`${field} asc`, `${field} desc`]).map(
      (sort): Ask => [`list by ${sort}`, list({}, sort)],
    ),
  ];
}

function groupingsOf(post: Post): Ask[] {
  const values = (field: string, filter: Filter = {}, query = "") =>
    post(`issues/filters${query}`, { field, filterModel: modelOf(filter) });
  return [
    ...VALUES.map((field): Ask => [`values of ${field}`, values(field)]),
    ["values of policyName of a pack", values("policyName", { policyPack: "pack-7" })],
    ["values of severity, open", values("severity", { status: "open" })],
    ...WHICH.flatMap((which) =>
      VALUES.map((field): Ask => [`values of ${field}, ${which}`, values(field, {}, `?${which}`)]),
    ),
  ];
}

function groupsBy(organization: string) {
  return (query: string, sent = query): Ask => [
    `by resource, ${query.slice(0, 20) || "all"}`,
    (client) => answered(client.send("GET", `/api/quillon/orgs/${organization}/finding-groups?${sent}`)),
  ];
}

/** @param one of a finding that all may read. */
function groupsOf(organization: string, { project, urn }: { project: string; urn: string }): Ask[] {
  const groups = groupsBy(organization);
  return [
    groups(""),
    groups("status=open"),
    groups("status=in_progress"),
    groups("severity=low"),
    groups("severity=critical"),
    groups("severity=none", "severity="),
    groups("pack=pack-7"),
    groups("pack=pack-8"),
    groups("policy=policy-7-8"),
    groups("policy=policy-0-0&severity=critical"),
    groups("project", `project=${project}`),
    groups("assignee=user-3"),
    groups("closed=true"),
    groups("urn", `urn=${encodeURIComponent(urn)}`),
    ...WHICH.map((which) => groups(which)),
  ];
}

function scoresOf(organization: string, post: Post): Ask[] {
  const get = (path: string) => (client: Client) => answered(client.send("GET", path));
  return [
    ["compliance of stacks", post("compliance", { entity: "stack", size: 100 })],
    ["compliance of severities", post("compliance", { entity: "severity" })],
    ["metadata", get(`/api/orgs/${organization}/policyresults/metadata`)],
    ["policies", post("policies", { startRow: 0, endRow: 100 })],
    ...["stack", "project", "pack", "policy", "severity", "framework"].map(
      (by): Ask => [`scores by ${by}`, get(`/api/quillon/orgs/${organization}/compliance?by=${by}`)],
    ),
  ];
}

const STATES = ["governed", "ungoverned", "stale", "never-reported"];

/** The overview, and the pages that its numbers of stacks open. */
function overviewOf(organization: string): Ask[] {
  const get = (path: string) => (client: Client) =>
    answered(client.send("GET", `/api/quillon/orgs/${organization}/overview${path}`));
  return [
    ["overview", get("")],
    ...STATES.map((state): Ask => [`stacks that are ${state}`, get(`/stacks?state=${state}`)]),
  ];
}

type Post = ReturnType<typeof posting>;

function posting(organization: string) {
  return (path: string, body: object) => (client: Client) =>
    answered(client.send("POST", `/api/orgs/${organization}/policyresults/${path}`, Buffer.from(JSON.stringify(body))));
}

async function answered(answer: ReturnType<Client["send"]>): Promise<void> {
  const { status, text } = await answer;
  if (status >= 300) throw new Error(`${status} ${text}`);
}

const nameOf = (filter: Filter) =>
  Object.values(filter)
    .map((value) => value.slice(0, 20) || "nobody")
    .join(", ");

const sortOf = (sort: string) =>
  sort
    .split(",")
    .filter(Boolean)
    .map((one) => ({ colId: one.split(" ")[0], sort: one.split(" ")[1] }));

const modelOf = (filter: Filter) => ({
  type: "AND",
  conditions: Object.entries(filter).map(([colId, value]) => ({
    colId,
    filterType: "text",
    type: "equals",
    filter: value,
  })),
});

interface Asking {
  organization: string;
  clients: Record<string, Client>;
  rounds: number;
}

/** Times what a console asks as each of the clients. */
export async function timeLists(database: pg.Client, { organization, clients, rounds }: Asking): Promise<void> {
  const { rows } = await database.query(
    `select urn, project, stacks.name from findings join team_stacks using (stack_id) join teams on teams.id = team_id
      join stacks on stacks.id = findings.stack_id where teams.name = 'few' and ended is null order by findings.id limit 1`,
  );
  const post = posting(organization);
  const asks = {
    lists: listsOf(post, rows[0]),
    groupings: groupingsOf(post),
    groups: groupsOf(organization, rows[0]),
    scores: scoresOf(organization, post),
  };
  await timeAll(asks, { clients, rounds });
}

/** Times what the console asks first as each of the clients. */
export async function timeOverview({ organization, ...who }: Asking): Promise<void> {
  await timeAll({ overview: overviewOf(organization) }, who);
}

/** Times groups where nothing tells which findings are worse than others. */
export async function timeGroupsOfAlike({ organization, ...who }: Asking): Promise<void> {
  const groups = groupsBy(organization);
  await timeAll(
    { "groups, all findings alike": ["", "pack=pack-7", "overdue=true"].map((query) => groups(query)) },
    who,
  );
}

async function timeAll(asks: Record<string, Ask[]>, { clients, rounds }: Omit<Asking, "organization">): Promise<void> {
  for (const [who, client] of Object.entries(clients)) {
    for (const [kind, ofKind] of Object.entries(asks)) {
      const all: number[] = [];
      for (const [name, ask] of ofKind) {
        const took = await timesOf(() => ask(client), rounds);
        printLine(name, took, "ms", 1);
        all.push(...took);
      }
      const sorted = all.toSorted((x, y) => x - y);
      const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
      const median = spread(all).median.toFixed(1);
      console.log(`${kind}, ${who}: median ${median} ms, p95 ${p95.toFixed(1)} ms (at most ${MOST})`);
    }
  }
}

async function timesOf(work: () => Promise<void>, rounds: number): Promise<number[]> {
  await work();
  const took: number[] = [];
  for (let round = 0; round < rounds; round += 1) took.push(await time(work));
  return took;
}
