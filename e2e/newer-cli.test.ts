import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newerCli } from "../tools/toolchain/clis.ts";
import { passwordsAreEnforced } from "./harness/enforcement.ts";
import { configFile } from "./harness/files.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { example, pack } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { consoleUrl, openWorld, type World } from "./harness/world.ts";

// The steps of enforce.test.ts on a newer CLI, in order, and the commands that only newer CLIs have. `npm run toolchain -- --all`
// builds this CLI.

interface Group {
  name: string;
  mode: string;
  stacks: { name: string; routingProject: string }[];
  appliedPolicyPacks: { name: string; versionTag: string; config?: object }[];
}

const policies = `[{ name: "any", description: "Anything goes.", enforcementLevel: "advisory", validateResource() {} }]`;

describe.skipIf(!hasPulumi(newerCli))(`Pulumi CLI ${newerCli.version}`, () => {
  let world: World;
  let alice: Terminal;
  let inPack: Terminal;
  let inProgram: Terminal;

  beforeAll(async () => {
    world = await openWorld();
    alice = withPulumi(newerCli, world.person("alice"));
    inPack = alice.in(example(world, "packs/passwords"));
    inProgram = alice.in(example(world, "programs/passwords"));
  });

  afterAll(() => world.close());

  test("is the CLI that runs", async () => {
    expect(await alice.ok("pulumi version")).toBe(`v${newerCli.version}\n`);
  });

  test("pulumi login, pulumi whoami and pulumi org get-default show the user and the organization", async () => {
    const { url } = world.server;
    const login = await alice.with({ PULUMI_ACCESS_TOKEN: world.adminToken }).ok(`pulumi login ${url}`);
    expect(login).toContain(`Logged in to ${url} as admin (${consoleUrl})`);
    expect(await alice.ok("pulumi whoami")).toBe("admin\n");
    expect(await alice.ok("pulumi org get-default")).toBe("acme\n");
  });

  test("pulumi policy publish, list and enable publish a pack and enable it", async () => {
    const published = await inPack.ok("pulumi policy publish acme");
    expect(published).toContain('Publishing "passwords" - version 1.0.0 to "acme"');
    expect(published).toContain(`Permalink: ${consoleUrl}/acme/insights/policypacks/passwords/1.0.0`);
    expect(await alice.json("pulumi policy list --output json")).toEqual([{ name: "passwords", versions: ["1.0.0"] }]);
    await alice.ok("pulumi policy enable acme/passwords latest");
    expect(await alice.ok("pulumi policy group ls acme")).toMatch(/^default-policy-group\s+Y\s+1\s+0\b/m);
  });

  test("pulumi policy install downloads the packs of a new stack", async () => {
    await inProgram.ok("pulumi stack init acme/dev");
    expect(await alice.ok("pulumi policy group ls acme")).toMatch(/^default-policy-group\s+Y\s+1\s+1\b/m);
    const { all } = await inProgram.run("pulumi policy install");
    expect(all).toContain("Successfully installed 1 policy pack for stack dev");
  });

  passwordsAreEnforced(`v${newerCli.version}`, () => ({ alice, inProgram }));

  test("pulumi policy analyze finds the violation in the stack and in an exported file, and changes nothing", async () => {
    await inProgram.ok("pulumi stack export --file state.json");
    for (const source of ["", "--file state.json", "--stack acme/dev"]) {
      const found = await inProgram.fails(`pulumi policy analyze --policy-pack ${inPack.dir} ${source}`);
      expect(found).toContain("❌ passwords@v1.0.0");
      expect(found).toContain("A password needs at least 16 characters, and this one gets 8.");
    }
    const config = configFile(world, "lenient.json", { "password-length": { minLength: 8 } });
    const pack = `--policy-pack ${inPack.dir} --policy-pack-config ${config}`;
    expect(await inProgram.ok(`pulumi policy analyze ${pack}`)).toContain("✅ passwords@v1.0.0");
    expect(await inProgram.json<object[]>("pulumi stack history --json")).toHaveLength(3);
  });

  describe("pulumi policy group", () => {
    const group = (rest: string) => alice.json<Group>(`pulumi policy group ${rest} --output json`);

    test("new makes a group, which get and list show, and refuses a name that is taken", async () => {
      const made = await group("new production --entity-type stacks --yes");
      expect(made).toMatchObject({ name: "production", mode: "preventative", stacks: [], appliedPolicyPacks: [] });
      expect(await group("get production")).toEqual(made);
      expect(await alice.ok("pulumi policy group list acme")).toMatch(/^production\s+N\s+0\s+0\b/m);
      const again = await alice.fails("pulumi policy group new production --entity-type stacks --yes");
      expect(again).toContain("[409] Organization acme already has a policy group production.");
    });

    test("edit adds stacks and packs, and the stacks must run the packs", async () => {
      const edited = await group("edit production --add-stack passwords/dev --add-policy-pack passwords@1.0.0");
      expect(edited.stacks).toEqual([{ name: "dev", routingProject: "passwords" }]);
      expect(edited.appliedPolicyPacks).toMatchObject([{ name: "passwords", versionTag: "1.0.0" }]);
      expect(await inProgram.fails("pulumi preview --config length=8")).toContain("❌ passwords@v1.0.0");
    });

    test("edit that adds another pack keeps the configuration that enable gave", async () => {
      const config = { "password-length": { minLength: 30 } };
      const file = configFile(world, "strict.json", config);
      await alice.ok(`pulumi policy enable acme/passwords 1.0.0 --policy-group production --config ${file}`);
      await alice.in(pack(world, "other", { policies })).ok("pulumi policy publish acme");
      const edited = await group("edit production --add-policy-pack other --add-policy-pack passwords@1.0.0");
      expect(edited.appliedPolicyPacks).toMatchObject([{ name: "other" }, { name: "passwords", config }]);
      expect(await inProgram.fails("pulumi preview")).toContain("A password needs at least 30 characters");
    });

    test("edit with another version of a pack replaces the version that was there", async () => {
      await alice.in(pack(world, "other", { version: "1.1.0", policies })).ok("pulumi policy publish acme");
      const { appliedPolicyPacks } = await group("edit production --add-policy-pack other@1.1.0");
      expect(appliedPolicyPacks).toMatchObject([{ name: "other", versionTag: "1.1.0" }, { name: "passwords" }]);
    });

    test("edit removes a pack while it adds another, and keeps the configuration of the rest", async () => {
      const config = { "password-length": { minLength: 30 } };
      await alice.in(pack(world, "third", { policies })).ok("pulumi policy publish acme");
      const both = await group("edit production --remove-policy-pack other@1.1.0 --add-policy-pack third");
      expect(both.appliedPolicyPacks).toMatchObject([{ name: "passwords", config }, { name: "third" }]);
      await group("edit production --remove-policy-pack third@1.0.0 --add-policy-pack other@1.1.0");
    });

    test("the name of a group may have spaces", async () => {
      const made = await group('new "Payment services" --entity-type stacks --mode preventative --yes');
      expect(made).toMatchObject({ name: "Payment services" });
      const edited = await group('edit "Payment services" --name "Payments EU" --add-policy-pack other@1.0.0');
      expect(edited).toMatchObject({ name: "Payments EU", appliedPolicyPacks: [{ name: "other" }] });
      await alice.ok('pulumi policy disable acme/other --policy-group "Payments EU"');
      await alice.ok('pulumi policy group remove "Payments EU" --yes');
    });

    test("new takes only the mode", async () => {
      for (const mode of ["preventative", "audit"]) {
        expect(await group(`new only-${mode} --mode ${mode} --yes`)).toMatchObject({ mode });
      }
      await group("edit only-audit --add-stack passwords/dev --add-insights-account aws --stack-rule ''");
    });

    test("edit removes a pack, whichever name of its version it is given", async () => {
      for (const version of ["1.1.0", "2"]) {
        const { appliedPolicyPacks } = await group(`edit production --remove-policy-pack other@${version}`);
        expect(appliedPolicyPacks).toMatchObject([{ name: "passwords" }]);
        await group("edit production --add-policy-pack other@1.1.0");
      }
      const { appliedPolicyPacks } = await group("edit production --remove-policy-pack other");
      expect(appliedPolicyPacks).toMatchObject([{ name: "passwords" }]);
    });

    test("edit with a mistake changes nothing, even if its other changes are valid", async () => {
      const before = await group("get production");
      for (const [flags, sentence] of [
        ["--add-stack passwords/gone", "[400] Nothing was changed: organization acme has no stack passwords/gone."],
        ["--remove-stack passwords/dev --add-policy-pack gone@1.0.0", "[404] Policy pack gone does not exist"],
        ["--add-insights-account aws", "[400] Policy group production takes stacks: accounts can't be in it."],
      ]) {
        expect(await alice.fails(`pulumi policy group edit production ${flags}`)).toContain(sentence);
      }
      expect(await group("get production")).toEqual(before);
    });

    test("edit renames the group and removes the stack, which then runs the pack no more", async () => {
      const edited = await group("edit production --name prod --remove-stack passwords/dev");
      expect(edited).toMatchObject({ name: "prod", stacks: [], appliedPolicyPacks: [{ name: "passwords" }] });
      expect(await inProgram.ok("pulumi preview --config length=8")).not.toContain("passwords@v1.0.0");
    });

    test("--stack-rule puts stacks with the tags into a group, which follows them and edits of the rule", async () => {
      const rule = async () => /^Stack rule: +(.*)$/m.exec(await alice.ok("pulumi policy group get ruled"))?.[1];
      const preview = "pulumi preview --config length=8";
      const stopped = "❌ passwords@v1.0.0";
      await group("new ruled --mode preventative --stack-rule 'env=prod' --yes");
      await alice.ok("pulumi policy enable acme/passwords 1.0.0 --policy-group ruled");
      expect(await inProgram.ok(preview)).not.toContain("passwords@v1.0.0");
      await inProgram.ok("pulumi stack tag set env prod");
      expect(await inProgram.fails(preview)).toContain(stopped);
      expect(await group("get ruled")).toMatchObject({ stacks: [] });
      expect(await alice.ok("quillon group show ruled")).toMatch(/^Stacks: +passwords\/dev$/m);
      expect(await rule()).toBe("env=prod");
      await group("edit ruled --stack-rule 'team=web,env!=prod OR owner'");
      expect(await rule()).toBe("team=web,env!=prod OR owner");
      expect(await inProgram.ok(preview)).not.toContain("passwords@v1.0.0");
      await inProgram.ok("pulumi stack tag set owner me");
      expect(await inProgram.fails(preview)).toContain(stopped);
      await group("edit ruled --stack-rule ''");
      expect(await rule()).toBeUndefined();
      expect(await inProgram.ok(preview)).not.toContain("passwords@v1.0.0");
      const selector = { all: [{ tag: "env", value: "prod" }], except: [{ tag: "team" }] };
      await alice.ok(`quillon group selector set ruled '${JSON.stringify(selector)}'`);
      expect(await rule()).toBe("env=prod,!team");
      await alice.ok("pulumi policy group remove ruled --yes");
    });

    test("--account-rule is kept and not evaluated, and only audit groups have one", async () => {
      const made = await alice.run("pulumi policy group new scanned --mode audit --account-rule env=prod --yes");
      expect(made.all).toMatch(/^Account rule: +env=prod$/m);
      expect(made.all).toContain("nothing evaluates it");
      expect(await alice.fails("pulumi policy group edit only-preventative --account-rule env=prod")).toContain(
        "[400] Policy group only-preventative is preventative",
      );
    });

    test("new warns that audit groups are not evaluated yet", async () => {
      const { all } = await alice.run("pulumi policy group new watched --entity-type stacks --mode audit --yes");
      expect(all).toContain("This group is not evaluated yet");
      const accounts = await group("new clouds --entity-type accounts --mode audit --yes");
      expect(accounts).toMatchObject({ mode: "audit", entityType: "accounts" });
      expect(await group("edit clouds --add-insights-account aws-main")).toMatchObject({ accounts: ["aws-main"] });
    });

    test("remove removes a group, but not a default group", async () => {
      const removed = await alice.ok("pulumi policy group remove prod --yes");
      expect(removed).toBe("Removed policy group prod from organization acme.\n");
      expect(await alice.fails("pulumi policy group get prod")).toContain("[404] Policy group prod does not exist");
      const refused = await alice.fails("pulumi policy group remove default-policy-group --yes");
      expect(refused).toContain("[400] default-policy-group is a default policy group");
    });
  });

  test("pulumi api lists the routes of this server and calls them", async () => {
    const { operations } = await alice.json<{ operations: { method: string; path: string }[] }>("pulumi api list");
    expect(operations).toContainEqual(
      expect.objectContaining({ method: "PATCH", path: "/api/orgs/{orgName}/policygroups/{policyGroup}" }),
    );
    expect(await alice.json("pulumi api /api/user")).toMatchObject({ githubLogin: "admin" });
  });

  test("pulumi org audit-log list and export show who did what, filtered by event, user and time", async () => {
    const list = await alice.json<{ events: object[] }>(
      'pulumi org audit-log list --org acme --output json --event-type "Policy Pack Published"',
    );
    expect(list).toMatchObject({ count: 4, events: Array(4).fill({ event: "Policy Pack Published" }) });
    const hour = 3600;
    const now = Math.floor(Date.now() / 1000);
    const count = async (flags: string) => {
      const line = `pulumi org audit-log list --org acme --all --output json --event-type "Policy Pack Published" ${flags}`;
      return (await alice.json<{ count: number }>(line)).count;
    };
    expect(await count("--user admin")).toBe(4);
    expect(await count("--user nobody")).toBe(0);
    expect(await count(`--start-time ${now - hour} --end-time ${now + hour}`)).toBe(4);
    expect(await count(`--start-time ${now + hour}`)).toBe(0);
    expect(await count(`--end-time ${now - hour}`)).toBe(0);
    const past = await alice.ok(`pulumi org audit-log export --org acme --end-time ${now - hour}`);
    expect(past).toMatch(/^id,timestamp,event,[^\n]*\r?\n$/);
    const csv = await alice.ok(
      'pulumi org audit-log export --org acme --event-type "Policy Pack Published" --user admin',
    );
    expect(csv.match(/Policy Pack Published/g)).toHaveLength(4);
    expect(await alice.ok("pulumi org audit-log export --org acme --user nobody")).not.toContain("Policy Pack");
    expect(await alice.ok("pulumi org audit-log export --org acme --format cef")).toMatch(/^CEF:0\|/m);
  });

  test("pulumi policy remove, pulumi destroy and pulumi stack rm remove the pack, the resources and the stack", async () => {
    await alice.ok("pulumi policy remove acme/passwords all --yes");
    expect(await alice.ok("pulumi policy ls acme")).not.toContain("passwords");
    await inProgram.ok("pulumi destroy --yes");
    expect(await inProgram.ok("pulumi stack rm --yes")).toContain("Stack 'dev' has been removed!");
    expect(await inProgram.ok("pulumi stack ls")).not.toMatch(/^dev/m);
  });
});
