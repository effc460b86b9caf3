import type { Api } from "./api.ts";
import { aws, cost, described, README } from "./packs.ts";

const PROJECTS = ["checkout", "identity", "ledger", "search", "storefront"];
const STACKS = ["dev", "staging", "prod"];
/** Of each stack: some resources for every type that a policy looks at. */
const NAMES = ["main", "events", "reports", "archive"];

/** A number below `below` that looks random, and is the same each time. */
function dice(of: string, below: number): number {
  let hash = 7;
  for (const char of of) hash = (hash * 31 + char.charCodeAt(0)) % 1_000_003;
  return hash % below;
}

/** Fills the organization `acme` with packs, groups, stacks and runs, as if several teams used it. */
export async function fill(api: Api): Promise<void> {
  await publishAll(api);
  for (const project of PROJECTS)
    for (const stack of STACKS) {
      const path = `/api/stacks/acme/${project}/${stack}`;
      await api.send(`POST /api/stacks/acme/${project}`, { stackName: stack });
      await api.send(`POST ${path}/tags`, { name: "env", value: stack });
    }
  await enable(api);
  for (const project of PROJECTS)
    for (const stack of STACKS) for (const failing of [40, 12]) await run(api, { project, stack, failing });
  await run(api, { project: "checkout", stack: "prod", failing: 25, kind: "preview" });
  await except(api);
}

async function publishAll({ publish }: Api): Promise<void> {
  const about = {
    provider: "aws",
    tags: ["aws", "security"],
    repository: "https://git.example.com/cloud/policies",
    readme: README,
    description: "What every account must have.",
    metadata: { "git.head": "4f2c1e90b7d3a85560fa1c2be3f4d5a6b7c8d9e0", "git.headName": "refs/heads/main" },
  };
  for (const [versionTag, policies] of [
    ["2.2.0", described(aws).slice(0, 6)],
    ["2.3.0", described(aws)],
  ] as const)
    await publish({ name: "aws-foundations", versionTag, policies, ...about });
  await publish({
    name: "cost-guard",
    versionTag: "1.4.2",
    policies: described(cost),
    description: "What we pay for.",
  });
}

async function enable({ send }: Api): Promise<void> {
  const groups = "/api/orgs/acme/policygroups";
  const add = (group: string, pack: object) => send(`PATCH ${groups}/${group}`, { addPolicyPack: pack });
  const foundations = { name: "aws-foundations", versionTag: "2.3.0" };
  await add("default-policy-group", foundations);
  for (const [name, value, pack] of [
    ["production", "prod", { ...foundations, config: { all: { enforcementLevel: "mandatory" } } }],
    ["development", "dev", { name: "cost-guard", versionTag: "1.4.2" }],
  ] as const) {
    await send(`POST ${groups}`, { name, entityType: "stacks" });
    const selector = { all: [{ tag: "env", value }] };
    await send(`PUT /api/quillon/orgs/acme/policygroups/${name}/selector`, { selector });
    await add(name, pack);
  }
}

interface Run {
  project: string;
  stack: string;
  /** Of a hundred, how many times a policy fails. */
  failing: number;
  kind?: "update" | "preview";
}

/** A run as the Pulumi CLI sends it: the state, and what the engine and the policies say. */
async function run({ send }: Api, { project, stack, failing, kind = "update" }: Run): Promise<void> {
  const path = `/api/stacks/acme/${project}/${stack}`;
  const dryRun = kind === "preview";
  const created = await send(`POST ${path}/${kind}`, {
    config: {},
    options: { dryRun },
    metadata: {
      message: dryRun ? "Open SSH for the migration" : "Move the reports to their own bucket",
      environment: {
        "git.head": "b1946ac92492d2347c6235b4d2611184a7c4c7e1",
        "git.headName": "refs/heads/main",
        "ci.system": "GitLab",
      },
    },
  });
  const update = `${path}/update/${created.updateID}`;
  const { token } = await send(`POST ${update}`, {});
  const as = `update-token ${token}`;
  const resources = resourcesOf(project, stack);
  if (!dryRun)
    await send(`PATCH ${update}/checkpoint`, { version: 3, deployment: { manifest: MANIFEST, resources } }, as);
  const required: Required[] = created.requiredPolicies ?? [];
  const events = [
    ...resources.flatMap((resource) => said(resource.urn, { required, failing, stack, dryRun })),
    ...stackAnalyses(required),
    {
      summaryEvent: {
        isPreview: dryRun,
        durationSeconds: 41,
        resourceChanges: { create: 2, update: 5, same: resources.length - 7 },
        PolicyPacks: {},
      },
    },
  ];
  const numbered = events.map((event, sequence) => ({ sequence, timestamp: 0, ...event }));
  await send(`POST ${update}/events/batch`, { events: numbered }, as);
  await send(`POST ${update}/complete`, { status: dryRun ? "failed" : "succeeded" }, as);
}

const MANIFEST = { time: "2026-01-01T00:00:00Z", magic: "", version: "" };

function resourcesOf(project: string, stack: string) {
  const urnOf = (type: string, name: string) => `urn:pulumi:${stack}::${project}::${type}::${name}`;
  const root = { urn: urnOf("pulumi:pulumi:Stack", `${project}-${stack}`), type: "pulumi:pulumi:Stack" };
  const types = [...new Set([...aws, ...cost].map(({ of }) => of))];
  const all = types.flatMap((type) =>
    NAMES.slice(0, 2 + dice(project + type, 3)).map((name) => ({
      urn: urnOf(type, `${project}-${name}`),
      type,
      custom: true,
      id: name,
      parent: root.urn,
      inputs: {},
      outputs: {},
    })),
  );
  return [root, ...all];
}

interface Required {
  name: string;
  versionTag: string;
}

const packOf = ({ name, versionTag }: Required) => ({
  policyPackName: name,
  policyPackVersion: versionTag,
  policyPackVersionTag: versionTag,
});

/** That each pack was asked about the whole stack, without which a receipt is not complete. */
const stackAnalyses = (required: readonly Required[]) =>
  required.map((pack) => ({ policyAnalyzeStackSummaryEvent: { ...packOf(pack), passed: [], failed: [] } }));

interface Said {
  required: readonly Required[];
  failing: number;
  stack: string;
  dryRun: boolean;
}

/** What the required packs say of a resource, and that the engine has made it. */
function said(urn: string, { required, failing, stack, dryRun }: Said): object[] {
  const type = urn.split("::")[2];
  const reports = required.flatMap((pack) => {
    const ofPack = packOf(pack);
    const policies = { "aws-foundations": aws, "cost-guard": cost }[pack.name] ?? [];
    const applying = policies.filter(({ of }) => of === type);
    const failed = applying.filter(({ name }) => dice(`${urn} ${name}`, 100) < failing);
    const level = stack === "prod" && dryRun ? "mandatory" : "advisory";
    return [
      ...failed.map(({ name, message, description, severity }) => ({
        policyEvent: {
          ...ofPack,
          resourceUrn: urn,
          policyName: name,
          message: `${description}\n${message}`,
          severity,
          enforcementLevel: level,
        },
      })),
      {
        policyAnalyzeSummaryEvent: {
          ...ofPack,
          resourceUrn: urn,
          passed: policies.filter((one) => !failed.includes(one)).map(({ name }) => name),
          failed: failed.map(({ name }) => name),
        },
      },
    ];
  });
  return [...reports, { resOutputsEvent: { planning: dryRun, metadata: { op: "same", urn } } }];
}

/** One exception that is in effect, one that has an end, and one that somebody asks for. */
async function except({ send }: Api): Promise<void> {
  const match = (policy: string, project: string, type: string, name: string) => ({
    policyPack: "aws-foundations",
    match: [{ policies: [policy], targets: [`urn:pulumi:prod::${project}::${type}::${project}-${name}`] }],
  });
  const exceptions = "/api/orgs/acme/policy/exceptions";
  await send(`POST ${exceptions}`, {
    ...match("bucket-no-public-read", "storefront", "aws:s3/bucket:Bucket", "main"),
    reason: "The pictures of the shop are public on purpose.",
  });
  await send(`POST ${exceptions}`, {
    ...match("database-encrypted", "ledger", "aws:rds/instance:Instance", "main"),
    reason: "The database moves to an encrypted one this quarter.",
    expiresInSeconds: 90 * 86_400,
  });
  await send(`POST ${exceptions}/drafts`, {
    ...match("no-open-ssh", "checkout", "aws:ec2/securityGroup:SecurityGroup", "main"),
    reason: "The migration of the old hosts needs SSH for a week.",
    expiresInSeconds: 7 * 86_400,
  });
}
