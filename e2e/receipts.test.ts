import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildGate, type Gate } from "./harness/gate.ts";
import { type ChangingProxy, openProxy } from "./harness/proxy.ts";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// What receipts say of clients that do not do what they had to. Two packs are required.

let world: World;
let terminal: Terminal;
let gate: Gate;
let proxy: ChangingProxy;

const policies = (name: string) => `[{
  name: "${name}",
  description: "It looks at every resource.",
  enforcementLevel: "advisory",
  validateResource: () => {},
}]`;

beforeAll(async () => {
  world = await openWorld();
  for (const name of ["pets", "cars"]) {
    await world.admin.in(pack(world, name, { policies: policies(`look-at-${name}`) })).ok("pulumi policy publish acme");
    await world.admin.ok(`pulumi policy enable acme/${name} latest`);
  }
  const source = `
    const rex = resource("rex", { length: config.getNumber("length") ?? 2 });
    resource("tom", { length: config.getNumber("length") ?? 2 }, { dependsOn: rex });`;
  terminal = world.admin.in(program(world, "pets", source));
  await terminal.ok("git init --quiet");
  await terminal.ok("git -c user.name=a -c user.email=a@example.com commit --quiet --allow-empty --message=Pets");
  await terminal.ok("pulumi stack init acme/dev");
  gate = await buildGate(world, "alice");
  proxy = await openProxy(world.server.url);
});
afterAll(async () => {
  gate.close();
  proxy.close();
  await world.close();
});

interface Receipt {
  status: string;
  reasons: string[];
  update: { id: string; dryRun: boolean; targeted: boolean; stateVersion: number };
  packs: { pack: string; analysed: number }[];
}

const receipts = () =>
  world.admin.json<{ updateID: string; status: string }[]>("quillon receipt ls --stack pets/dev --json");

async function newest(): Promise<Receipt> {
  const [first] = await receipts();
  const { receipt } = await world.admin.json<{ receipt: string }>(`quillon receipt show ${first?.updateID} --json`);
  return JSON.parse(receipt);
}

const viaProxy = () => terminal.with({ PULUMI_BACKEND_URL: proxy.url });

async function up(length: number, more = "", from = terminal): Promise<void> {
  await terminal.ok(`pulumi config set length ${length}`);
  await from.ok(`pulumi up --yes --skip-preview ${more}`);
}

test("a preview and the update after it are complete, and their receipts can be checked without the server", async () => {
  await terminal.ok("pulumi up --yes");
  expect((await receipts()).map(({ status }) => status)).toEqual(["complete", "complete"]);
  const { update, packs } = await newest();
  expect(update).toMatchObject({ dryRun: false, stateVersion: 1, targeted: false });
  // The stack, the provider and two pets.
  expect(packs.map(({ analysed }) => analysed)).toEqual([4, 4]);

  expect(await terminal.ok("quillon verify --stack pets/dev")).toMatch(
    new RegExp(`^The last update of commit [0-9a-f]{40}, ${update.id}, succeeded with a complete receipt\\.\n$`),
  );

  const receipt = await world.admin.ok(`quillon receipt show ${update.id} --json`);
  writeFileSync(join(world.dir, "receipt.json"), receipt);
  writeFileSync(join(world.dir, "quillon.pem"), await world.admin.ok("quillon receipt key"));
  const verify = (file: string) => `quillon receipt verify ${file} --key quillon.pem`;
  const offline = world.person("somebody");
  const said = await offline.ok(verify("receipt.json"));
  expect(said).toMatch(/^The signature is valid\..*\n\nReceipt: +complete, as reported by the client\n/);
  writeFileSync(join(world.dir, "changed.json"), receipt.replace("pets", "cats"));
  expect(await offline.run(verify("changed.json"))).toMatchObject({
    code: 2,
    stdout: "",
    stderr: "The signature is not valid: the receipt was changed, or another server made it.\n",
  });
  expect(await offline.run(verify("quillon.pem"))).toMatchObject({ code: 1 });
});

test("an update of one target says so", async () => {
  await up(3, "--target 'urn:pulumi:dev::pets::random:index/randomPet:RandomPet::rex'");
  expect(await newest()).toMatchObject({ status: "complete", update: { targeted: true } });
});

test("a client that left out a pack is missing it", async () => {
  proxy.changes = (path, body) => {
    if (!path.endsWith("/pets/dev/update")) return body;
    const answer = JSON.parse(body);
    const requiredPolicies = answer.requiredPolicies.filter(({ name }: { name: string }) => name !== "cars");
    return JSON.stringify({ ...answer, requiredPolicies });
  };
  await up(4, "", viaProxy());
  proxy.changes = (_, body) => body;
  expect(await newest()).toMatchObject({ status: "missing", reasons: ["Pack cars analysed nothing."] });
  expect(await terminal.run("quillon verify --stack acme/pets/dev --any-commit")).toMatchObject({
    code: 2,
    stdout: expect.stringMatching(/^The last update, .*, succeeded without one: Pack cars analysed nothing\.\n$/),
  });
});

test("a run whose events were lost is incomplete", async () => {
  let dropped = 0;
  proxy.drops = (path) => path.endsWith("/events/batch") && dropped++ === 0;
  await up(5, "", viaProxy());
  proxy.drops = () => false;
  const { status, reasons } = await newest();
  expect(status).toBe("incomplete");
  expect(reasons.join(" ")).toMatch(/never came/);
});

test("a client that was killed leaves an incomplete one", async () => {
  const running = terminal.with(gate.env).start("exec pulumi up --yes --skip-preview --config length=6");
  await gate.reached("update rex");
  running.signal("SIGKILL");
  await running.outcome;
  // Earlier updates of the same commit have complete receipts.
  expect(await terminal.run("quillon verify --stack acme/pets/dev")).toMatchObject({
    code: 2,
    stdout: expect.stringContaining("has not ended, so it has no receipt yet."),
  });
  await terminal.ok("pulumi cancel --yes acme/dev");
  expect(await newest()).toMatchObject({ status: "incomplete" });
});

test("a state that is changed behind it is seen, and with the rule an update starts after a complete preview", async () => {
  await world.admin.ok("quillon receipt rule on");
  await terminal.ok("pulumi stack export --file state.json");
  await terminal.ok("pulumi stack import --file state.json");
  expect(await world.admin.ok("quillon receipt state pets/dev")).toMatch(
    /^Next update: +stopped, because the receipt of .* is incomplete: .*\nChanged without policies: +since 20/,
  );
  const refused = await terminal.fails("pulumi up --yes --skip-preview");
  expect(refused).toMatch(/\[400\].*receipt of its last one, .*, is incomplete: .*pulumi preview/s);
  await terminal.ok("pulumi up --yes");
  expect(await world.admin.ok("quillon receipt state pets/dev")).toMatch(
    /^Next update: +may start\nChanged without policies: +no\n$/,
  );
});
