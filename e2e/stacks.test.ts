import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { program } from "./harness/sources.ts";
import { type Exported, resourcesOf } from "./harness/state.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

let world: World;
let inProgram: Terminal;

beforeAll(async () => {
  world = await openWorld();
  const source = `
    const rex = resource("rex", { prefix: config.requireSecret("prefix") }, { protect: true });
    resource("tom", { length: 2 }, { dependsOn: rex, parent: rex, protect: false });
    exports.names = ["rex", "tom"];
    exports.prefix = config.requireSecret("prefix");
  `;
  inProgram = world.admin.in(program(world, "pets", source));
  await inProgram.ok("pulumi stack init acme/dev");
  await inProgram.ok("pulumi config set --secret prefix king");
  await inProgram.ok("pulumi up --yes --skip-preview");
});

afterAll(() => world.close());

test("pulumi stack ls shows the number of resources, and filters by organization, project and tag", async () => {
  expect(await inProgram.ok("pulumi stack ls")).toMatch(/^dev\*\s.*\s4\s/m);
  await inProgram.ok("pulumi stack tag set team pets");
  expect(await inProgram.ok("pulumi stack ls --all --tag team=pets")).toMatch(/^dev/m);
  expect(await inProgram.ok("pulumi stack ls --all --tag team=cars")).not.toMatch(/^dev/m);
  expect(await inProgram.ok("pulumi stack ls --organization acme --project pets")).toMatch(/^dev/m);
  expect(await inProgram.ok("pulumi stack ls --organization acme --project cars")).not.toMatch(/^dev/m);
});

test("pulumi stack tag set, get, ls and rm change and show tags", async () => {
  await inProgram.ok("pulumi stack tag set cost-center 4711");
  expect(await inProgram.ok("pulumi stack tag get cost-center")).toBe("4711\n");
  const tags = await inProgram.ok("pulumi stack tag ls");
  expect(tags).toMatch(/^cost-center\s+4711\s*$/m);
  expect(tags).toMatch(/^pulumi:project\s+pets\s*$/m);
  await inProgram.ok("pulumi stack tag rm cost-center");
  expect(await inProgram.ok("pulumi stack tag ls")).not.toContain("cost-center");
});

test("pulumi stack init refuses a name that is taken, and pulumi stack rm a stack that has resources", async () => {
  expect(await inProgram.fails("pulumi stack init acme/dev")).toContain("already exists");
  expect(await inProgram.fails("pulumi stack rm --yes")).toContain("still has resources");
});

test("pulumi stack rename to the stack's own name is refused", async () => {
  expect(await inProgram.fails("pulumi stack rename acme/dev")).toContain("already has this name");
});

test("pulumi stack rename keeps state, secrets and settings", async () => {
  await inProgram.ok("pulumi stack rename prod");
  expect(existsSync(join(inProgram.dir, "Pulumi.prod.yaml"))).toBe(true);
  const { deployment } = await inProgram.json<Exported>("pulumi stack export");
  expect(deployment.resources?.map(({ urn }) => urn.split("::")[0])).toEqual(Array(4).fill("urn:pulumi:prod"));
  expect(await inProgram.ok("pulumi stack output prefix --show-secrets")).toBe("king\n");
  expect(await inProgram.ok("pulumi up --yes")).toContain("3 unchanged");
  expect(await inProgram.fails("pulumi stack select acme/dev")).toContain("no stack named 'dev' found");
});

test("pulumi state unprotect and pulumi state delete change only the named resources", async () => {
  const { deployment } = await inProgram.json<Exported>("pulumi stack export");
  const urn = (name: string) => deployment.resources?.find((resource) => resource.urn.endsWith(`::${name}`))?.urn;
  await inProgram.ok(`pulumi state unprotect --yes '${urn("rex")}'`);
  await inProgram.ok(`pulumi state delete --yes '${urn("tom")}'`);
  expect(await resourcesOf(inProgram)).toEqual(["rex"]);
  expect(await inProgram.ok("pulumi up --yes")).toContain("+ 1 created");
});

test("pulumi stack import restores an earlier version that pulumi stack export --version wrote", async () => {
  const history = await inProgram.json<{ version: number; kind: string }[]>("pulumi stack history --json");
  expect(history.map(({ version }) => version)).toEqual(history.map((_, index) => history.length - index));
  const before = await inProgram.json<Exported>(
    `pulumi stack export --version ${history.length - 1} --file old.json && cat old.json`,
  );
  expect(before.deployment.resources).toHaveLength(3);
  await inProgram.ok("pulumi stack import --file old.json");
  expect(await resourcesOf(inProgram)).toEqual(["rex"]);
  const [latest] = await inProgram.json<{ kind: string; result: string }[]>("pulumi stack history --json");
  expect(latest).toMatchObject({ kind: "import", result: "succeeded" });
  expect(await inProgram.ok("pulumi up --yes")).toContain("+ 1 created");
});

test("pulumi stack import refuses the state of another stack", async () => {
  await inProgram.ok("pulumi stack init acme/other");
  await inProgram.fails("pulumi stack import --file old.json");
  expect(await resourcesOf(inProgram)).toEqual([]);
  await inProgram.ok("pulumi stack rm --yes && pulumi stack select acme/prod");
});

test("a StackReference reads another stack's outputs, including secrets", async () => {
  const reader = world.admin.in(
    program(
      world,
      "reader",
      'const pets = new pulumi.StackReference("acme/pets/prod");\nexports.first = pets.requireOutput("names").apply(([name]) => name);\nexports.prefix = pets.requireOutput("prefix");',
    ),
  );
  await reader.ok("pulumi stack init acme/dev");
  await reader.ok("pulumi up --yes");
  expect(await reader.ok("pulumi stack output first")).toBe("rex\n");
  expect(await reader.ok("pulumi stack output prefix")).toBe("[secret]\n");
  expect(await reader.ok("pulumi stack output prefix --show-secrets")).toBe("king\n");
});

test("a stack that is removed, made again and imported from its own export has its secrets", async () => {
  await inProgram.ok("pulumi stack export --file kept.json && cp Pulumi.prod.yaml kept.yaml");
  await inProgram.ok("pulumi stack rm --yes --force");
  await inProgram.ok("pulumi stack init acme/prod && cp kept.yaml Pulumi.prod.yaml");
  await inProgram.ok("pulumi stack import --file kept.json");
  expect(await inProgram.ok("pulumi stack output prefix --show-secrets")).toBe("king\n");
  expect(await inProgram.ok("pulumi config get prefix")).toBe("king\n");
  expect(await inProgram.ok("pulumi stack export --show-secrets")).toMatch(/"plaintext": "\\"king\\""/);
  expect(await inProgram.ok("pulumi up --yes")).toContain("3 unchanged");
});

test("pulumi stack rm removes a stack that holds only itself", async () => {
  const empty = world.admin.in(program(world, "empty", ""));
  await empty.ok("pulumi stack init acme/dev");
  await empty.ok("pulumi up --yes --skip-preview");
  expect((await empty.json<Exported>("pulumi stack export")).deployment.resources).toHaveLength(1);
  await empty.ok("pulumi stack rm --yes");
});

test("pulumi stack rm --force removes a stack that has resources", async () => {
  await inProgram.ok("pulumi stack rm --yes --force");
  expect(await inProgram.ok("pulumi stack ls --all")).not.toMatch(/^(acme\/pets\/)?prod/m);
});
