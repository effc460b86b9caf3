import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkSdk } from "../tools/link-sdk.ts";
import { newerCli, olderCli, pinnedCli } from "../tools/toolchain/clis.ts";
import { send } from "./harness/api.ts";
import { configFile } from "./harness/files.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { type ChangingProxy, openProxy } from "./harness/proxy.ts";
import { pack, program } from "./harness/sources.ts";
import { openWorld, type World } from "./harness/world.ts";

// The newest CLI applies exceptions itself. Under older ones they travel in the pack's configuration, and the pack applies them. Both
// must except the same violations.

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
`;

const PET = "random:index/randomPet:RandomPet";
const end = "2100-01-01T00:00:00Z";

function targets(stack: string) {
  const urn = (name: string, type = PET) => `urn:pulumi:${stack}::Pets::${type}::${name}`;
  const root = urn(`Pets-${stack}`, "pulumi:pulumi:Stack");
  return { urn, root, child: urn("child", `test:index:Home$${PET}`) };
}

type Match = [policies: string[], targets: string[]];

/** @param all Whether nothing is left that blocks. */
function exceptionsOf(stack: string, all: boolean) {
  const { urn, root, child } = targets(stack);
  const one = (...match: Match[]) => ({
    reason: "It moves.",
    match: match.map(([policies, targets]) => ({ policies, targets })),
  });
  return {
    "EXC-10": one([["short", "advised", "off"], [urn("rex")]]),
    "EXC-2": one([["short"], [urn("rex"), child, urn("replaced"), urn("new name"), urn(odd), urn(composed)]]),
    "EXC-3": one([["herd", "lost"], [root]], [["lead"], [urn("rex")]]),
    "EXC-4": one([["separated"], [urn("spaced")]]),
    // Nothing of this matches: other case, another resource, the URN before it was renamed, the stack in place of a resource.
    "EXC-5": one(
      [["short"], [urn("REX"), urn("old name"), root, urn("child")]],
      [["Short"], [urn("rEx")]],
      [["lead"], [root]],
      [["herd", "lost"], [urn("rex")]],
    ),
    ...(all && { "EXC-6": { ...one([["short"], [urn("rEx"), urn(decomposed)]]), expiresAt: end } }),
  };
}

type Told = [policy: string, urn: string, exceptions: string, blocks: boolean];

const ofResources = (stack: string, all: boolean): Told[] => {
  const { urn, child } = targets(stack);
  const last = all ? "EXC-6" : "";
  return [
    ["short", urn("rex"), "EXC-2 EXC-10", false],
    ["short", urn("rEx"), last, !all],
    ["short", child, "EXC-2", false],
    ["short", urn("replaced"), "EXC-2", false],
    ["short", urn("new name"), "EXC-2", false],
    ["short", urn(odd), "EXC-2", false],
    ["short", urn(composed), "EXC-2", false],
    ["short", urn(decomposed), last, !all],
    ["advised", urn("rex"), "EXC-10", false],
    ["separated", urn("spaced"), "EXC-4", false],
  ];
};

const ofStack = (stack: string): Told[] => {
  const { urn, root } = targets(stack);
  return [
    ["herd", root, "EXC-3", false],
    ["lead", urn("rex"), "EXC-3", false],
    ["lost", root, "EXC-3", false],
  ];
};

interface PolicyEvent {
  resourceUrn: string;
  policyName: string;
  message: string;
  enforcementLevel: string;
  exceptions?: { id: string }[];
}

/** What the engine told of policies, from the CLI's log of events. */
function toldIn(path: string): Told[] {
  const events = readFileSync(path, "utf8").split("\n").filter(Boolean);
  return events
    .flatMap((line) => (JSON.parse(line) as { policyEvent?: PolicyEvent }).policyEvent ?? [])
    .map(({ resourceUrn, policyName, message, enforcementLevel, exceptions }) => {
      const ids =
        exceptions?.map(({ id }) => id) ?? [...message.matchAll(/(EXC-\d+) excepts it/g)].map(([, id]) => `${id}`);
      return [policyName, resourceUrn, ids.join(" "), enforcementLevel === "mandatory" && ids.length === 0];
    });
}

const sorted = (told: Told[]) => [...new Set(told.map((one) => one.join(" | ")))].sort();

/** How the exceptions get to what applies them. */
const ways = {
  "in the pack's configuration": (exceptions: object) => ({
    "quillon:exceptions": { enforcementLevel: "advisory", exceptions },
  }),
  "as the CLI knows them": (exceptions: object) => ({ version: 2, exceptions }),
};

const rows = [
  ...[olderCli, pinnedCli].map((cli) => ({ cli, way: "in the pack's configuration" as keyof typeof ways })),
  { cli: newerCli, way: "as the CLI knows them" as keyof typeof ways },
].map((row, index) => ({ ...row, version: row.cli.version, stack: `Dev.${index}` }));

let world: World;
let folder: string;
let herd: string;

beforeAll(async () => {
  world = await openWorld();
  folder = program(world, "Pets", source);
  herd = pack(world, "herd", { policies, sdk: "@quillon/policy" });
  linkSdk(herd);
});

afterAll(() => world.close());

describe.each(rows)("exceptions under Pulumi CLI $version, $way,", ({ cli, way, stack }) => {
  const run = (command: string, all: boolean) => {
    const config = configFile(world, "exceptions.json", ways[way](exceptionsOf(stack, all)));
    const log = join(world.dir, `${stack}-${all}.log`);
    const line = `pulumi ${command} --policy-pack ${herd} --policy-pack-config ${config} --event-log ${log}`;
    return { line, told: () => sorted(toldIn(log)) };
  };

  test.skipIf(!hasPulumi(cli))("are the same violations", async () => {
    const terminal = withPulumi(cli, world.admin).in(folder).with({ PULUMI_DEBUG_COMMANDS: "true" });
    await terminal.ok(`pulumi stack init acme/${stack}`);
    await terminal.ok("pulumi up --yes --skip-preview");
    const later = terminal.with({ LATER: "1" });

    const some = run("preview", false);
    await later.fails(some.line);
    expect(some.told().filter((line) => !/^(herd|lead|lost)/.test(line))).toEqual(sorted(ofResources(stack, false)));

    const all = run("up --yes --skip-preview", true);
    const up = await later.run(all.line);
    expect(up.code, up.all).toBe(0);
    expect(all.told()).toEqual(sorted([...ofResources(stack, true), ...ofStack(stack)]));
    expect(up.all).not.toMatch(/warning: (?!policy exception "EXC-5")/);
    if (way === "in the pack's configuration")
      expect(up.all).toContain(
        `This violation does not fail the run: EXC-6 excepts it until ${end} (reason: It moves.).`,
      );
  });
});

describe("packs that a server requires", () => {
  let proxy: ChangingProxy;
  const stack = "Required";
  /** On Pulumi's own SDK, which knows nothing of it. */
  const others = policies.replaceAll(/"(mandatory|remediate)"/g, '"advisory"');

  beforeAll(async () => {
    for (const dir of [herd, pack(world, "others", { policies: others })])
      await world.admin.in(dir).ok("pulumi policy publish acme");
    for (const name of ["herd", "others"]) await world.admin.ok(`pulumi policy enable acme/${name} latest`);
    await world.admin.in(folder).ok(`pulumi stack init acme/${stack}`);
    proxy = await openProxy(world.server.url);
    proxy.changes = (path, body) => {
      if (!path.endsWith(`/${stack}/preview`)) return body;
      const update = JSON.parse(body) as { requiredPolicies: { config?: object }[] };
      const config = ways["in the pack's configuration"](exceptionsOf(stack, true));
      for (const required of update.requiredPolicies) required.config = { ...required.config, ...config };
      return JSON.stringify(update);
    };
  });

  afterAll(() => proxy.close());

  test.each([pinnedCli, newerCli].filter(hasPulumi))("get the entry under Pulumi CLI $version", async (cli) => {
    const terminal = withPulumi(cli, world.admin).in(folder);
    const later = terminal.with({ PULUMI_BACKEND_URL: proxy.url, LATER: "1" });
    const { all, code } = await later.run(`pulumi preview --stack acme/${stack}`);
    expect(code, all).toBe(0);
    expect(all).toContain(`EXC-6 excepts it until ${end} (reason: It moves.).`);
    expect(all).toContain("others@v1.0.0");
    expect(all).not.toContain("warning: ");
  });

  test.skipIf(!hasPulumi(olderCli))(`let through what is excepted under Pulumi CLI ${olderCli.version}`, async () => {
    const terminal = withPulumi(olderCli, world.admin).in(folder).with({ LATER: "1" });
    await terminal.ok("pulumi stack init acme/Story");
    const blocked = await terminal.fails("pulumi preview");
    expect(blocked).toContain("[mandatory]  short");

    const { "EXC-5": _, ...exceptions } = exceptionsOf("Story", true);
    const match = Object.values(exceptions).flatMap((one) => one.match);
    const wish = { policyPack: "herd", match, reason: "It moves.", expiresInSeconds: 24 * 3600 };
    await send(world, "POST /api/orgs/acme/policy/exceptions", wish);
    const up = await terminal.ok("pulumi up --yes");
    expect(up).toMatch(/This violation does not fail the run: EXC-1 excepts it until 20\S+Z \(reason: It moves\.\)\./);
    expect(up).not.toContain("[mandatory]");

    await send(world, "DELETE /api/orgs/acme/policy/exceptions/EXC-1", {});
    expect(await terminal.fails("pulumi preview")).toContain("[mandatory]  short");
  });
});
