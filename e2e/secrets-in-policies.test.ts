import { afterAll, beforeAll, expect, test } from "vitest";
import { linkSdk } from "../tools/link-sdk.ts";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// What policies do with a secret must not be in plain text in what the server stores. The secret is made by the program, so the
// server does not know it in the first run. What comes from configuration the CLI masks by itself.

let world: World;
let inProgram: Terminal;

const password = "correct-horse";

const tagged = `{
    name: "tagged",
    description: "Everything has an owner.",
    enforcementLevel: "remediate",
    remediateResource: ({ type, props }) => {
      if (type.startsWith("random:")) return { ...props, tags: { owner: "me" }, url: "db://me:" + props.prefix };
    },
  }`;

const talks = `{
    name: "talks",
    description: "Says what it sees.",
    enforcementLevel: "advisory",
    validateResource: ({ type, props }, reportViolation) => {
      if (!type.startsWith("random:")) return;
      reportViolation("The prefix is " + props.prefix);
      console.log("It logs " + props.prefix);
      console.error("It warns of", { prefix: props.prefix });
    },
  }`;

/** Spreads the properties, moves the secret, and tells everybody. */
const policies = `[${tagged}, ${talks}]`;

beforeAll(async () => {
  world = await openWorld();
  inProgram = world.admin.in(program(world, "vault", `resource("rex", { prefix: pulumi.secret("${password}") });`));
});
afterAll(() => world.close());

async function get<Reply>(path: string, project = "vault"): Promise<Reply> {
  const headers = { authorization: `token ${world.adminToken}` };
  const response = await fetch(`${world.server.url}/api/stacks/acme/${project}/${path}`, { headers });
  expect(response.status).toBe(200);
  return (await response.json()) as Reply;
}

/** Enforces the pack for a new stack and updates it. @returns all that the server stores of that, as text. */
async function stored(sdk: string, stack: string): Promise<{ printed: string; state: string; events: string }> {
  const name = `${stack}-pack`;
  const author = world.admin.in(pack(world, name, { policies, sdk }));
  if (sdk === "@quillon/policy") linkSdk(author.dir);
  await author.ok("pulumi policy publish acme");
  await author.ok(`pulumi policy enable acme/${name} latest`);
  await inProgram.ok(`pulumi stack init acme/${stack}`);
  const printed = await inProgram.ok("pulumi up --yes");
  const state = await inProgram.ok("pulumi stack export");
  const { activeUpdate } = await get<{ activeUpdate: string }>(stack);
  const { events } = await get<{ events: object[] }>(`${stack}/update/${activeUpdate}/events`);
  await author.ok(`pulumi policy disable acme/${name}`);
  return { printed, state, events: JSON.stringify(events) };
}

test("a pack on @pulumi/policy leaves a secret in plain text in state and events", async () => {
  const { state, events } = await stored("@pulumi/policy", "original");
  expect(state).toContain(password);
  expect(events).toContain(password);
});

test("a pack on @quillon/policy leaves no secret in plain text in state, events, messages and what it prints", async () => {
  const { printed, state, events } = await stored("@quillon/policy", "ours");
  expect(printed).toContain("[remediate]  tagged  (1 resource)");
  expect(printed).toContain("The prefix is [secret]");
  expect(printed).not.toContain(password);
  expect(state).toContain('"owner"');
  expect(state).not.toContain(password);
  expect(events).toContain("The prefix is [secret]");
  expect(events).toContain("It logs [secret]");
  expect(events).toContain("It warns of { prefix: '[secret]' }");
  expect(events).not.toContain(password);
});

test("the server masks what a pack on @pulumi/policy tells of configuration and of an earlier state", async () => {
  const [made, configured] = ["battery-staple", "hunter22"];
  const source = `resource("rex", { prefix: pulumi.secret("${made}") }); resource("max", { prefix: config.requireSecret("prefix") });`;
  const terminal = world.admin.in(program(world, "known", source));
  await terminal.ok("pulumi stack init acme/dev");
  await terminal.ok(`pulumi config set --secret prefix ${configured}`);
  await terminal.ok("pulumi up --yes --skip-preview");
  await world.admin.in(pack(world, "talker", { policies: `[${talks}]` })).ok("pulumi policy publish acme");
  await world.admin.ok("pulumi policy enable acme/talker latest");
  expect(await terminal.ok("pulumi up --yes --skip-preview")).toContain(`The prefix is ${made}`);

  const { activeUpdate } = await get<{ activeUpdate: string }>("dev", "known");
  const events = JSON.stringify(await get(`dev/update/${activeUpdate}/events`, "known"));
  const findings = await world.admin.ok("quillon finding ls --json");
  const results = await terminal.ok("quillon results known/dev --org acme --output json");
  for (const stored of [events, findings, results]) {
    expect(stored).toContain("The prefix is [secret]");
    for (const value of [made, configured]) expect(stored).not.toContain(value);
  }
  expect(events).toContain("It logs [secret]");
});
