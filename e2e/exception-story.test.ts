import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newerCli, olderCli } from "../tools/toolchain/clis.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { hasPostgres, openPostgresWorld, type PostgresWorld } from "./harness/postgres-world.ts";
import { printedToken } from "./harness/printed-token.ts";
import { pack, program } from "./harness/sources.ts";

// A policy exception from the first violation to its end: docs/guide/exceptions.md. The pack is a bundle, and only a database of its own can
// have an hour go by at once.

const policies = `[{
  name: "two-words", description: "A pet's name has two words.", enforcementLevel: "mandatory",
  validateResource: ({ type, props }, reportViolation) => {
    if (type.startsWith("random:") && props.length < 2) reportViolation("This pet's name is too short.");
  },
}]`;
const violation = "This pet's name is too short.";

interface Finding {
  id: string;
  status: string;
  exceptions?: { id: string; reason: string; expiresAt?: string }[];
}

describe.skipIf(!hasPostgres)(
  "blocked, let through by an exception that somebody else agreed to, and blocked again",
  () => {
    let world: PostgresWorld;
    let ann: string;

    beforeAll(async () => {
      world = await openPostgresWorld();
      await world.admin.in(pack(world, "rules", { policies })).ok("quillon policy publish acme --require-bundled");
      await world.admin.ok("pulumi policy enable acme/rules latest");
      await world.admin.ok("quillon policy exception rule --org acme --approval on --longest 1d --end-required on");
      ann = await printedToken(world.admin, "quillon user add ann --org acme --role policy-manager");
    });
    afterAll(() => world?.close());

    test.each([
      { cli: newerCli, asking: "pulumi policy exception new acme/rules" },
      { cli: olderCli, asking: "quillon policy exception new acme/rules --stack" },
    ])("under Pulumi CLI $cli.version", async ({ cli, asking }) => {
      if (!hasPulumi(cli)) throw new Error(`Pulumi CLI ${cli.version} is not built: npm run toolchain -- --all`);
      const project = `pets-${cli.version.replaceAll(".", "-")}`;
      const stack = `${project}/dev`;
      const source = program(world, project, 'resource("rex", { length: 1 });');
      const at = withPulumi(cli, world.admin.in(source)).with({ PULUMI_EXPERIMENTAL: "true" });
      const findings = (which = "") =>
        at.json<Finding[]>(`quillon finding ls --org acme --stack ${stack} --json ${which}`);
      await at.ok("pulumi stack init acme/dev");

      expect(await at.fails("pulumi up --yes")).toContain(violation);
      expect(await findings()).toEqual([]);

      const asked = await at.json<{ changeRequestId: string }>(
        `${asking.replace(/--stack$/, `--stack ${stack}`)} --reason "It is a puppy." --expires-in 1h --yes --output json`,
      );
      const request = (step: string) => `quillon policy exception request ${step} ${asked.changeRequestId} --org acme`;
      expect(await at.fails("pulumi preview")).toContain(violation);
      await at.with({ PULUMI_ACCESS_TOKEN: ann }).ok(`${request("approve")} --comment "Until it has grown."`);
      await at.ok(request("apply"));
      const { exceptions } = await at.json<{ exceptions: { id: string }[] }>(
        "quillon policy exception list rules --org acme --status active --json",
      );
      const id = exceptions[0]?.id ?? "";
      expect(id).toMatch(/^EXC-\d+$/);

      const shown = cli === newerCli ? "--show-policy-exceptions" : "";
      const preview = await at.ok(`pulumi preview ${shown}`);
      expect(preview).toContain(id);
      expect(preview).toContain("It is a puppy.");
      await at.ok("pulumi up --yes");

      const why = [{ id, reason: "It is a puppy.", expiresAt: expect.stringMatching(/^\d{4}-/) }];
      expect(await findings()).toEqual([]);
      const [finding] = await findings("--closed");
      expect(finding).toMatchObject({ status: "excepted", exceptions: why });

      const exported = (format: string) => at.ok(`quillon results ${stack} --org acme --output ${format}`);
      const report = JSON.parse(await exported("json"));
      expect(report.results).toMatchObject([{ kind: "violated", policy: "two-words", exceptions: why }]);
      const [run] = JSON.parse(await exported("sarif")).runs;
      expect(run.results).toMatchObject([
        { suppressions: [{ kind: "external", justification: expect.stringContaining(id) }] },
      ]);
      expect(await exported("junit")).toMatch(new RegExp(`<skipped message="[^"]*${id}: It is a puppy\\.`));
      expect(await exported("csv")).toContain(`${id}: It is a puppy.`);
      expect(await exported("markdown")).toContain("1 violation excepted");
      const [receipt] = await at.json<{ updateID: string }[]>(`quillon receipt ls --org acme --stack ${stack} --json`);
      const by = cli === newerCli ? "engine" : "pack";
      expect(await at.ok(`quillon receipt show ${receipt?.updateID} --org acme`)).toContain(
        `exceptions for the ${by}: ${id}`,
      );

      await world.query(`update policy_exceptions set created_at = created_at - interval '2 hours',
      expires_at = expires_at - interval '2 hours', tell_at = tell_at - interval '2 hours' where number = ${id.slice(4)}`);
      const stopped = await at.fails("pulumi preview");
      expect(stopped).toContain(violation);
      expect(stopped).not.toContain(id);
      await expect.poll(async () => (await findings())[0]?.id).toBe(finding?.id);
      expect(await at.ok("quillon policy exception list rules --org acme --status removed")).toContain(id);
      const log = await at.json<{ event: string; description: string }[]>("quillon audit ls --org acme --json");
      const ofExceptions = log.map(({ event }) => event).filter((event) => event.startsWith("Policy Exception"));
      expect(ofExceptions.slice(0, 5).reverse()).toEqual([
        "Policy Exception Requested",
        "Policy Exception Request Submitted",
        "Policy Exception Request Approved",
        "Policy Exception Created",
        "Policy Exception Ended",
      ]);
    });
  },
);
