import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { linkSdk } from "../tools/link-sdk.ts";
import { newerCli, olderCli, pinnedCli } from "../tools/toolchain/clis.ts";
import { readApi, send } from "./harness/api.ts";
import { configFile } from "./harness/files.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { openProxy } from "./harness/proxy.ts";
import { pack, program } from "./harness/sources.ts";
import { type Exported, nameOf } from "./harness/state.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// The newest CLI applies exceptions itself. Under older ones they travel in the pack's configuration, and the pack applies them. Both
// must except the same violations, whether a file or the server says which, and so must the server when it reads what the CLI reported.

const policies = `[
  {
    name: "short", description: "A pet's name has two words.", enforcementLevel: "mandatory",
    validateResource: ({ props }, report) => { if (props.length < 2) report("This name is short."); },
  },
  {
    name: "advised", description: "Nobody is called rex.", enforcementLevel: "advisory",
    validateResource: ({ name }, report) => { if (name === "rex") report("Rex is a common name."); },
  },
  {
    name: "off", description: "Nobody runs this one.", enforcementLevel: "disabled",
    validateResource: (_, report) => report("It ran."),
  },
  {
    name: "separated", description: "Words are separated by a dash.", enforcementLevel: "remediate",
    remediateResource: ({ props }) => { if (props.separator === "_") return { ...props, separator: "-" }; },
    validateResource: ({ props }, report) => { if (["_", " "].includes(props.separator)) report("There is no dash."); },
  },
  {
    name: "herd", description: "A stack has one pet.", enforcementLevel: "mandatory",
    validateStack: (_, report) => report("It has more."),
  },
  {
    name: "lead", description: "Rex does not lead.", enforcementLevel: "mandatory",
    validateStack: ({ resources }, report) => report("He leads.", resources.find(({ name }) => name === "rex").urn),
  },
  {
    name: "lost", description: "Nobody is lost.", enforcementLevel: "mandatory",
    validateStack: (_, report) => report("Somebody is.", "urn:pulumi:gone::gone::t::gone"),
  },
]`;

const odd = `ä b<c>&"d'%20`;
const [composed, decomposed] = ["n\u00e4h", "na\u0308h"];

/** The second run replaces one resource and renames another. */
const source = `
  class Home extends pulumi.ComponentResource {}
  const later = process.env.LATER === "1";
  resource("rex", { length: 1 });
  resource("rEx", { length: 1 });
  resource("child", { length: 1 }, { parent: new Home("test:index:Home", "home") });
  resource("replaced", { length: 1, prefix: later ? "mr" : "dr" }, { replaceOnChanges: ["prefix"] });
  resource(later ? "new name" : "old name", { length: 1 }, later ? { aliases: [{ name: "old name" }] } : {});
  for (const name of ${JSON.stringify([odd, composed, decomposed])}) resource(name, { length: 1 });
  resource("spaced", { length: 2, separator: " " });
  resource("scored", { length: 2, separator: "_" });
`;

const PET = "random:index/randomPet:RandomPet";
const end = "2100-01-01T00:00:00Z";

function targets(stack: string) {
  const urn = (name: string, type = PET) => `urn:pulumi:${stack}::Pets::${type}::${name}`;
  const root = urn(`Pets-${stack}`, "pulumi:pulumi:Stack");
  return { urn, root, child: urn("child", `test:index:Home$${PET}`) };
}

type Match = [policies: string[], targets: string[]];

interface Exception {
  number: number;
  match: Match[];
  ends?: boolean;
}

/** @param all Whether nothing is left that blocks. */
function exceptionsOf(stack: string, all: boolean): Exception[] {
  const { urn, root, child } = targets(stack);
  const last: Exception = { number: 6, match: [[["short"], [urn("rEx"), urn(decomposed)]]], ends: true };
  return [
    { number: 10, match: [[["short", "advised", "off"], [urn("rex")]]] },
    {
      number: 2,
      match: [[["short"], [urn("rex"), child, urn("replaced"), urn("new name"), urn(odd), urn(composed)]]],
    },
    {
      number: 3,
      match: [
        [["herd", "lost"], [root]],
        [["lead"], [urn("rex")]],
      ],
    },
    { number: 4, match: [[["separated"], [urn("spaced")]]] },
    {
      // Nothing of this matches: other case, another resource, the URN before it was renamed, the stack in place of a resource.
      number: 5,
      match: [
        [["short"], [urn("REX"), urn("old name"), root, urn("child")]],
        [["Short"], [urn("rEx")]],
        [["lead"], [root]],
        [["herd", "lost"], [urn("rex")]],
      ],
    },
    { number: 7, match: [[["separated"], [urn("scored")]]] },
    ...(all ? [last] : []),
  ];
}

const reason = (number: number) => `It moves ${number}.`;
const matchOf = (match: Match[]) => match.map(([policies, targets]) => ({ policies, targets }));

/** What is violated, the numbers of its exceptions, and whether it blocks. */
type Told = [policy: string, urn: string, exceptions: string, blocks: boolean];

/** @param remediates Whether an excepted resource is remediated all the same. */
const ofResources = (stack: string, { all, remediates }: { all: boolean; remediates: boolean }): Told[] => {
  const { urn, child } = targets(stack);
  const last = all ? "6" : "";
  return [
    ["short", urn("rex"), "2 10", false],
    ["short", urn("rEx"), last, !all],
    ["short", child, "2", false],
    ["short", urn("replaced"), "2", false],
    ["short", urn("new name"), "2", false],
    ["short", urn(odd), "2", false],
    ["short", urn(composed), "2", false],
    ["short", urn(decomposed), last, !all],
    ["advised", urn("rex"), "10", false],
    ["separated", urn("spaced"), "4", false],
    ...(remediates ? [] : [["separated", urn("scored"), "7", false] satisfies Told]),
  ];
};

const ofStack = (stack: string): Told[] => {
  const { urn, root } = targets(stack);
  return [
    ["herd", root, "3", false],
    ["lead", urn("rex"), "3", false],
    ["lost", root, "3", false],
  ];
};

interface PolicyEvent {
  policyPackName: string;
  resourceUrn: string;
  policyName: string;
  message: string;
  enforcementLevel: string;
  exceptions?: { reason: string }[];
}

const numbersIn = (text: string) => [...text.matchAll(/It moves (\d+)\./g)].map(([, number]) => number).join(" ");

/** What the engine told of the pack's policies, from the CLI's log of events. */
function toldIn(path: string): Told[] {
  const events = readFileSync(path, "utf8").split("\n").filter(Boolean);
  return events
    .flatMap((line) => (JSON.parse(line) as { policyEvent?: PolicyEvent }).policyEvent ?? [])
    .filter(({ policyPackName }) => policyPackName === "herd")
    .map(({ resourceUrn, policyName, message, enforcementLevel, exceptions }) => {
      const numbers = numbersIn(exceptions?.map(({ reason }) => reason).join(" ") ?? message);
      return [policyName, resourceUrn, numbers, enforcementLevel === "mandatory" && numbers === ""];
    });
}

const sorted = (told: Told[]) => [...new Set(told.map((one) => one.join(" | ")))].sort();

interface Report {
  results: {
    kind: string;
    pack: string;
    policy: string;
    level: string;
    urn: string;
    message: string;
    exceptions?: { reason: string }[];
  }[];
}

/** What the server says that the pack's policies found: the same, whoever has applied the exceptions. */
function reportedIn({ results }: Report): { told: Told[]; levels: string[]; text: string } {
  const violated = results.filter(({ pack, kind }) => pack === "herd" && kind === "violated");
  const told = violated.map(({ policy, urn, level, exceptions = [] }): Told => {
    const numbers = numbersIn(exceptions.map(({ reason }) => reason).join(" "));
    return [policy, urn, numbers, level === "mandatory" && numbers === ""];
  });
  const levels = [...new Set(violated.map(({ policy, level }) => `${policy} ${level}`))].sort();
  return { told, levels, text: violated.map(({ message }) => message).join("\n") };
}

/** How a file for the CLI has the exceptions. */
const files = {
  "in the pack's configuration": (exceptions: object) => ({
    "quillon:exceptions": { enforcementLevel: "advisory", exceptions },
  }),
  "as the CLI knows them": (exceptions: object) => ({ version: 2, exceptions }),
};

function fileOf(way: keyof typeof files, exceptions: Exception[]): object {
  const entries = exceptions.map(({ number, match, ends }) => {
    const exception = { reason: reason(number), match: matchOf(match), ...(ends && { expiresAt: end }) };
    return [`EXC-${number}`, exception] as const;
  });
  return files[way](Object.fromEntries(entries));
}

const rows = [
  ...[olderCli, pinnedCli].map((cli) => ({ cli, way: "in the pack's configuration" as keyof typeof files })),
  { cli: newerCli, way: "as the CLI knows them" as keyof typeof files },
].map((row, index) => ({ ...row, version: row.cli.version, stack: `Dev.${index}`, remediates: row.cli === newerCli }));

let world: World;
let folder: string;
let herd: string;

const change = (edit: object) => send(world, "PATCH /api/orgs/acme/policygroups/pets", edit);
const requireIn = (stack: string) => change({ addStack: { name: stack, routingProject: "Pets" } });

beforeAll(async () => {
  world = await openWorld();
  folder = program(world, "Pets", source);
  herd = pack(world, "herd", { policies, sdk: "@quillon/policy" });
  linkSdk(herd);
  await send(world, "POST /api/orgs/acme/policygroups", { name: "pets", entityType: "stacks" });
  // On Pulumi's own SDK, which knows nothing of exceptions.
  const others = policies.replaceAll(/"(mandatory|remediate)"/g, '"advisory"');
  for (const dir of [herd, pack(world, "others", { policies: others })])
    await world.admin.in(dir).ok("pulumi policy publish acme");
  for (const name of ["herd", "others"]) await change({ addPolicyPack: { name } });
});

afterAll(() => world.close());

describe.each(rows)("exceptions under Pulumi CLI $version", ({ cli, way, stack, remediates }) => {
  let later: Terminal;
  const log = (command: string) => join(world.dir, `${stack}-${command}.log`);

  test.skipIf(!hasPulumi(cli))(`of a file, ${way}, are of the same violations`, async () => {
    const terminal = withPulumi(cli, world.admin).in(folder).with({ PULUMI_DEBUG_COMMANDS: "true" });
    await terminal.ok(`pulumi stack init acme/${stack}`);
    await terminal.ok("pulumi up --yes --skip-preview");
    later = terminal.with({ LATER: "1" });
    const config = configFile(world, "exceptions.json", fileOf(way, exceptionsOf(stack, false)));
    const local = `--policy-pack ${herd} --policy-pack-config ${config}`;
    await later.fails(`pulumi preview ${local} --event-log ${log("preview")}`);
    const told = sorted(toldIn(log("preview"))).filter((line) => !/^(herd|lead|lost)/.test(line));
    expect(told).toEqual(sorted(ofResources(stack, { all: false, remediates })));
  });

  test.skipIf(!hasPulumi(cli))("of the server are of the same violations, and it says so of the run", async () => {
    await requireIn(stack);
    const exceptions = exceptionsOf(stack, true).sort((one, other) => one.number - other.number);
    for (const { number, match, ends } of exceptions) {
      // It refuses policies that the pack does not have.
      const known = match.filter(([policies]) => !policies.includes("Short"));
      const wish = { policyPack: "herd", match: matchOf(known), reason: reason(number) };
      await send(world, "POST /api/orgs/acme/policy/exceptions", { ...wish, ...(ends && { expiresInSeconds: 7_200 }) });
    }
    const otherPack = { policyPack: "others", match: matchOf([[["short"], [targets(stack).urn("rex")]]]) };
    await send(world, "POST /api/orgs/acme/policy/exceptions", { ...otherPack, reason: "It is of another pack." });

    const up = await later.run(`pulumi up --yes --skip-preview --event-log ${log("up")}`);
    expect(up.code, up.all).toBe(0);
    expect(up.all).not.toContain("warning: ");
    expect(up.all).toContain("others@v1.0.0");
    if (!remediates)
      expect(up.all).toMatch(
        /This violation does not fail the run: EXC-\d+ excepts it until 20\S+Z \(reason: It moves 6\.\)\./,
      );
    const wanted = sorted([...ofResources(stack, { all: true, remediates }), ...ofStack(stack)]);
    expect(sorted(toldIn(log("up")))).toEqual(wanted);

    const run = await readApi<Report>(world, `/api/quillon/orgs/acme/stacks/Pets/${stack}/updates/latest/results`);
    const found = await readApi<Report>(world, `/api/quillon/orgs/acme/findings/report?stack=Pets/${stack}`);
    for (const report of [run, found]) {
      const { told, levels, text } = reportedIn(report);
      expect(sorted(told)).toEqual(wanted);
      const mandatory = ["herd", "lead", "lost", "separated", "short"].map((policy) => `${policy} mandatory`);
      expect(levels).toEqual(["advised advisory", ...mandatory]);
      expect(text).not.toContain("does not fail the run");
    }
    const remediated = run.results.filter(({ kind }) => kind === "remediated");
    expect(remediated.map(({ urn }) => urn)).toEqual(remediates ? [targets(stack).urn("scored")] : []);
    const { deployment } = await readApi<Exported>(world, `/api/stacks/acme/Pets/${stack}/export`);
    const scored = deployment.resources?.find((resource) => nameOf(resource) === "scored");
    expect(scored?.inputs).toMatchObject({ separator: remediates ? "-" : "_" });
  });
});

// As a version before a release would be, which the server takes for an older one.
test.skipIf(!hasPulumi(newerCli))(
  `a CLI that applies exceptions itself goes on when its packs are told of them, too: ${newerCli.version}`,
  async () => {
    const stack = "Told";
    const proxy = await openProxy(world.server.url);
    onTestFinished(() => proxy.close());
    proxy.changes = (path, body) => {
      if (!path.endsWith(`/${stack}/preview`)) return body;
      const update = JSON.parse(body) as { requiredPolicies: { config?: object }[] };
      const config = fileOf("in the pack's configuration", exceptionsOf(stack, true));
      for (const required of update.requiredPolicies) required.config = { ...required.config, ...config };
      return JSON.stringify(update);
    };
    const terminal = withPulumi(newerCli, world.admin).in(folder);
    await terminal.ok(`pulumi stack init acme/${stack}`);
    await requireIn(stack);
    const later = terminal.with({ PULUMI_BACKEND_URL: proxy.url, LATER: "1" });
    const { all, code } = await later.run(`pulumi preview --stack acme/${stack}`);
    expect(code, all).toBe(0);
    expect(all).toContain(`EXC-6 excepts it until ${end} (reason: It moves 6.).`);
    expect(all).toContain("others@v1.0.0");
    expect(all).not.toContain("warning: ");
  },
);
