import { afterAll, beforeAll, expect, test } from "vitest";
import { signatureOf } from "../packages/server/src/notify/signature.ts";
import { Destination } from "../packages/server/src/testing/destination.ts";
import { newerCli } from "../tools/toolchain/clis.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { pack, program, twoWords } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// A team is told of what an update violates, and nobody else can make it believe so.

let world: World;
let terminal: Terminal;
let destination: Destination;

beforeAll(async () => {
  destination = await Destination.listen();
  world = await openWorld({ QUILLON_WEBHOOK_ALLOW: "127.0.0.1" });
  await world.admin.in(pack(world, "pets", { policies: twoWords })).ok("pulumi policy publish acme");
  await world.admin.ok("pulumi policy enable acme/pets latest");
  terminal = world.admin.in(program(world, "pets", `resource("rex", { length: 1 });`));
  await terminal.ok("pulumi stack init acme/dev");
});
afterAll(async () => {
  await world.close();
  await destination.close();
});

test("An update with an advisory violation is told once, and its signature is right", async () => {
  await world.admin.ok(
    `quillon webhook add team --group policies --url ${destination.url}/secret-path --secret shared`,
  );
  expect(await world.admin.ok("quillon webhook ls")).toMatch(
    /team +team +yes +raw +policies +http:\/\/127.0.0.1:\d+\/…/,
  );
  expect(await world.admin.ok("quillon webhook ping team")).toMatch(/Code: +200/);
  await terminal.ok("pulumi preview");
  await terminal.ok("pulumi up --yes --skip-preview");
  const [, told] = await destination.reach(2);
  await terminal.ok("pulumi up --yes --skip-preview");
  await world.admin.ok("quillon webhook ping team");
  const received = await destination.reach(3);
  expect(received.map(({ headers }) => headers["pulumi-webhook-kind"])).toEqual(["ping", "policy_violation", "ping"]);
  expect(told?.headers["pulumi-webhook-signature"]).toBe(signatureOf(told?.body ?? "", "shared"));
  expect(JSON.parse(told?.body ?? "")).toMatchObject({
    user: { githubLogin: "admin" },
    projectName: "pets",
    stackName: "dev",
    kind: "update",
    result: "succeeded",
    enforcementLevel: "advisory",
    opened: 1,
    reopened: 0,
    fixed: 0,
    violations: [
      { policyName: "two-words", severity: "high", message: expect.stringContaining("This pet's name is too short.") },
    ],
  });
});

if (hasPulumi(newerCli)) {
  test("The newest CLI makes, reads, changes, tries and removes webhooks", async () => {
    const cli = withPulumi(newerCli, terminal).with({ PULUMI_EXPERIMENTAL: "true" });
    const before = destination.received.length;
    const hookOf = async (owner: string) => {
      const of = owner === "stack" ? "--stack pets/dev" : "";
      const hooks = await world.admin.json<{ name: string; displayName: string }[]>(`quillon webhook ls --json ${of}`);
      return hooks.find(({ displayName }) => displayName === "cli");
    };
    for (const owner of ["stack", "org"]) {
      const url = `${destination.url}/secret-path`;
      await cli.ok(`pulumi ${owner} webhook new --name cli --url ${url} --event update_failed --yes`);
      const made = await hookOf(owner);
      expect(made).toMatchObject({ payloadUrl: `${destination.url}/…`, filters: ["update_failed"], hasSecret: false });
      const edit = `pulumi ${owner} webhook edit ${made?.name}`;
      await cli.ok(`${edit} --add-event update_succeeded --secret shared`);
      await cli.ok(`${edit} --remove-event update_failed`);
      expect(await hookOf(owner)).toMatchObject({ filters: ["update_succeeded"], hasSecret: true });
      await cli.ok(`pulumi ${owner} webhook ping ${made?.name}`);
      expect(await cli.ok(`pulumi ${owner} webhook delivery list ${made?.name}`)).toMatch(/ping/);
      expect(await cli.ok(`pulumi ${owner} webhook list`)).toMatch(made?.name ?? "no name");
      await cli.ok(`pulumi ${owner} webhook remove ${made?.name} --yes`);
    }
    const sent = destination.received.slice(before).map(({ path, headers }) => [path, headers["pulumi-webhook-kind"]]);
    expect(sent).toEqual([
      ["/secret-path", "ping"],
      ["/secret-path", "ping"],
    ]);
  });
}
