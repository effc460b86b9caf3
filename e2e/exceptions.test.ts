import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkSdk } from "../tools/link-sdk.ts";
import { newerCli, olderCli } from "../tools/toolchain/clis.ts";
import { readApi, send } from "./harness/api.ts";
import { writeFiles } from "./harness/files.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { printedToken } from "./harness/printed-token.ts";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// Policy exceptions with the CLI that has commands for them: docs/guide/exceptions.md.

const policies = `[{
  name: "two-words", description: "A pet's name has two words.", enforcementLevel: "mandatory",
  validateResource: ({ type, props }, reportViolation) => {
    if (type.startsWith("random:") && props.length < 2) reportViolation("This pet's name is too short.");
  },
}]`;

interface Exception {
  id: string;
  status: string;
  reason: string;
  match: { policies: string[]; targets: string[] }[];
}

describe.skipIf(!hasPulumi(newerCli) || !hasPulumi(olderCli))(
  `policy exceptions under Pulumi CLI ${newerCli.version}`,
  () => {
    let world: World;
    let inProgram: Terminal;
    /** Another policy manager's. */
    let ann: string;
    const urn = "urn:pulumi:dev::pets::random:index/randomPet:RandomPet::rex";

    beforeAll(async () => {
      world = await openWorld();
      const newer = withPulumi(newerCli, world.admin).with({ PULUMI_EXPERIMENTAL: "true" });
      inProgram = newer.in(program(world, "pets", 'resource("rex", { length: 1 });'));
      await inProgram.ok("pulumi stack init acme/dev");
      const rules = pack(world, "rules", { policies, sdk: "@quillon/policy" });
      linkSdk(rules);
      await newer.in(rules).ok("pulumi policy publish acme");
      await newer.ok("pulumi policy enable acme/rules latest");
    });

    afterAll(() => world.close());

    const list = async (flags = "") =>
      (
        await inProgram.json<{ exceptions: Exception[] }>(
          `pulumi policy exception list --org acme --output json ${flags}`,
        )
      ).exceptions;

    test("a violation blocks, until an exception is made from it, and again once that is removed", async () => {
      expect(await inProgram.fails("pulumi preview")).toContain("This pet's name is too short.");
      const made = await inProgram.json<{ id: string; violations: object[]; exception: object }>(
        'pulumi policy exception new acme/rules --reason "It is old." --expires-in 1d --yes --output json',
      );
      expect(made).toMatchObject({ id: "EXC-1", violations: [{ policy: "two-words", urn }] });
      const preview = await inProgram.ok("pulumi preview --show-policy-exceptions");
      expect(preview).toContain("EXC-1");
      expect(preview).toContain("It is old.");
      expect(await inProgram.ok("pulumi up --yes")).toContain("rules@v1.0.0");
      const [exception] = await list();
      expect(exception).toMatchObject({ id: "EXC-1", status: "active", reason: "It is old." });
      expect(exception?.match).toEqual([{ policies: ["two-words"], targets: [urn] }]);
      const again = await inProgram.ok(
        'pulumi policy exception new acme/rules --reason "It is old." --expires-in 1d --yes --output json --update',
      );
      expect(again).not.toContain("EXC-2");
      expect(await inProgram.json("pulumi policy exception get EXC-1 --org acme --output json")).toMatchObject({
        id: "EXC-1",
        policyPack: "rules",
      });
      await inProgram.ok("pulumi policy exception remove EXC-1 --org acme --yes");
      await inProgram.ok("pulumi policy exception remove EXC-1 --org acme --yes");
      expect(await list()).toEqual([]);
      expect(await list("--status removed")).toMatchObject([{ id: "EXC-1", status: "removed" }]);
      expect(await inProgram.fails("pulumi preview")).toContain("This pet's name is too short.");
    });

    test("with an older CLI, quillon makes one from a finding, the next update goes through, and it is removed", async () => {
      const older = withPulumi(olderCli, inProgram);
      const said = async (line: string) => (await older.run(line)).all;
      const [finding] = await older.json<{ id: string }[]>("quillon finding ls --stack pets/dev --org acme --json");
      const from = `quillon policy exception new --from-finding ${finding?.id} --org acme`;
      expect(await older.fails(from)).toContain("Say why it is safe, with --reason.");
      const made = await said(`${from} --reason "It is small." --expires-in 1d`);
      expect(made).toContain(`two-words on ${urn}`);
      expect(made).toMatch(/Policy exception EXC-2 is in effect from the next update or preview on, until 20/);
      expect(await older.ok("pulumi up --yes --skip-preview --stack acme/dev")).toContain("EXC-2");
      expect(await said("quillon policy exception list rules --org acme --sort oldest --ending-within 2d")).toMatch(
        /EXC-2 +rules +active +two-words +1 +It is small\. +20\S+ +20\S+ +20\S+/,
      );
      expect(await older.ok("quillon policy exception ls --org acme --unused-for 30d")).not.toContain("EXC-2");
      expect(await older.ok("quillon policy exception get EXC-2 --org acme")).toMatch("It is small.");
      expect(await said("quillon policy exception remove EXC-2 --org acme")).toContain(
        "Removed policy exception EXC-2.",
      );
      expect(await said("quillon policy exception rm EXC-2 --org acme")).toContain("is already removed");
      const stopped = "quillon policy exception new acme/rules --stack pets/dev --dry-run --output json";
      expect(await older.fails("pulumi preview --stack acme/dev")).toContain("This pet's name is too short.");
      expect(await older.json(stopped)).toMatchObject({
        violations: [{ policy: "two-words", urn }],
        exception: { policyPack: "rules", match: [{ policies: ["two-words"], targets: [urn] }] },
        dryRun: true,
      });
      // As in a script that was written for the Pulumi CLI.
      const newest = "quillon policy exception new --stack acme/pets/dev --dry-run --output json";
      expect(await older.json(`${newest} --preview --level remediate --level mandatory`)).toMatchObject({
        violations: [{ policy: "two-words", urn }],
      });
      expect(await older.fails(`${newest} --update`)).toContain("What EXC-2 let through then is not listed.");
    });

    test("where others must agree one is asked for, and when it is applied the oldest CLI goes on, too", async () => {
      const rule = "quillon policy exception rule --org acme";
      await world.admin.ok(`${rule} --approval on --longest 1d --end-required on`);
      expect(await world.admin.ok(rule)).toMatch(/Somebody else must agree: +yes\nLongest time: +1d/);
      const asked = await inProgram.json<{ changeRequestId: string; changeRequestStatus: string }>(
        'pulumi policy exception new acme/rules --reason "It is older." --expires-in 1d --yes --output json',
      );
      expect(asked.changeRequestStatus).toBe("pending");
      const id = asked.changeRequestId;
      const request = (step: string) => `quillon policy exception request ${step} --org acme`;
      const older = withPulumi(olderCli, inProgram);
      expect(await older.fails("pulumi preview --stack acme/dev")).toContain("This pet's name is too short.");
      expect((await inProgram.run(`pulumi env change-request comment ${id} -o acme -m "It is small."`)).all).toContain(
        `Added comment to change request ${id}`,
      );
      ann = await printedToken(world.admin, "quillon user add ann --org acme --role policy-manager");
      const again = 'quillon policy exception new --stack pets/dev --org acme --expires-in 1d --reason "It is older."';
      const waiting = await older.run(again);
      expect(waiting.all).toContain(`Change request ${id} waits until somebody else agrees: ann.`);
      expect(await older.fails(request(`approve ${id}`))).toContain("own");
      await older.with({ PULUMI_ACCESS_TOKEN: ann }).ok(request(`approve ${id} --comment Yes.`));
      expect(await older.ok(request("list --status ready"))).toMatch(/ready +rules +admin +20\S+ +It is older\./);
      expect(await older.ok(request(`get ${id}`))).toMatch(/Approved: +20\S+ by ann: Yes\./);
      await older.ok(request(`comment ${id} "Thank you."`));
      const applied = await older.run(request(`apply ${id}`));
      expect(applied.all).toContain(
        `Warning: The last run of stack pets/dev (v${olderCli.version}) was by a Pulumi CLI`,
      );
      expect(await list()).toMatchObject([{ id: "EXC-3", reason: "It is older." }]);
      expect(await older.ok("pulumi preview --stack acme/dev")).toContain("EXC-3");
      const shown = await older.ok("quillon policy exception get EXC-3 --org acme");
      expect(shown).toMatch(/Approved: +20\S+ by ann: Yes\.\nLast needed: +20\S+\n/);
      expect(shown).toContain(`Such a CLI was the last to run pets/dev (v${olderCli.version}).`);
      expect((await older.ok(request(`log ${id}`))).replace(/^20\S+/gm, "at")).toBe(
        "at  admin asked for it\nat  admin submitted it\nat  admin commented\n    It is small.\n" +
          "at  ann approved it\n    Yes.\nat  admin commented\n    Thank you.\nat  admin applied it\n",
      );
      const log = (await inProgram.ok(`pulumi env change-request log ${id} -o acme`)).split("\n");
      expect(log.filter((line) => line.startsWith("    "))).toEqual(["    It is small.", "    Yes.", "    Thank you."]);
      expect(log.map((line) => line.split("  ")[1]?.replace(/^\w+ /, ""))).toEqual(
        expect.arrayContaining([
          "created the change request",
          "submitted the change request for approval",
          "approved revision 1",
          "changed the status from pending to ready (approval rules met)",
          "applied the change request",
        ]),
      );
    });

    test("a pack on another SDK under an older CLI blocks all the same, and then it is told which exception it did not apply", async () => {
      const other = pack(world, "rules", { policies, version: "2.0.0", folder: "rules-on-another-sdk" });
      await inProgram.in(other).ok("pulumi policy publish acme");
      await inProgram.ok("pulumi policy enable acme/rules latest");
      const [exception] = await list();
      const older = withPulumi(olderCli, inProgram);
      const first = await older.run("pulumi preview --stack acme/dev");
      expect(first.all).toContain("This pet's name is too short.");
      expect(first.all).not.toContain(exception?.id);
      const { all } = await older.run("quillon results pets/dev --org acme");
      expect(all).toContain(`although a policy exception matches (${exception?.id}: It is older.`);
      expect(await older.ok("quillon finding predicted --org acme")).toContain(`yes, ${exception?.id} not applied`);
      expect((await older.run("pulumi preview --stack acme/dev")).all).toMatch(
        new RegExp(
          `warning: Policy exceptions match violations of policy pack rules in this stack \\(${exception?.id}\\)`,
        ),
      );
      const newer = await inProgram.ok("pulumi preview --stack acme/dev --show-policy-exceptions");
      expect(newer).toContain(exception?.id);
      expect(newer).not.toContain("warning: Policy exceptions match");
    });

    test("each form of the CLI's commands reaches the server: a run, a file, a draft, and lists of several pages", async () => {
      const ask = "pulumi policy exception new acme/rules --yes --output json";
      const match = [{ policies: ["two-words"], targets: [urn] }];
      const previews = "/api/stacks/acme/pets/dev/updates/latest/previews?asc=false&pageSize=20&page=1";
      const { updates } = await readApi<{ updates: { updateID: string; info: { result: string } }[] }>(world, previews);
      const blocked = updates.find(({ info }) => info.result === "failed")?.updateID;
      const narrowed = `--policy two-words --target ${urn} --level mandatory`;
      const tried = await inProgram.json<object>(`${ask} --dry-run --preview=${blocked} ${narrowed}`);
      const runs = [{ stack: "acme/pets/dev", kind: "preview", id: blocked }];
      expect(tried).toMatchObject({ dryRun: true, runs, exception: { policyPack: "rules", match } });
      // There the pack itself let it through.
      expect(await inProgram.json(`${ask} --dry-run --update=2`)).toMatchObject({ violations: [] });
      expect(await inProgram.json(`${ask} --dry-run --update=2 --level all`)).toMatchObject({
        runs: [{ kind: "update", id: "2" }],
        violations: [{ policy: "two-words", level: "advisory", urn }],
      });

      writeFiles(world.dir, {
        "tried.json": JSON.stringify(tried),
        "known.yaml": `reason: It is known.\nmatch:\n- policies: [two-words]\n  targets: ["${urn}"]\n`,
      });
      const [json, yaml] = [`${world.dir}/tried.json`, `${world.dir}/known.yaml`];
      const { changeRequestId: id, changeRequestStatus } = await inProgram.json<Record<string, string>>(
        `${ask} --file ${json} --reason "It was tried." --expires-in 2h --draft`,
      );
      expect(changeRequestStatus).toBe("pending");
      const status = async () => (await readApi<{ status: string }>(world, `/api/change-requests/acme/${id}`)).status;
      const byAnn = inProgram.with({ PULUMI_ACCESS_TOKEN: ann });
      await byAnn.ok(`quillon policy exception request approve ${id} --org acme`);
      expect(await status()).toBe("ready");
      await byAnn.ok(`pulumi env change-request unapprove ${id} -o acme`);
      expect(await status()).toBe("pending");
      await byAnn.ok(`pulumi env change-request close ${id} -o acme -m "Train it instead."`);
      expect(await status()).toBe("closed");

      const nothing = { approval: false, longestHours: null, endRequired: false, forbiddenFrom: null };
      await send(world, "PUT /api/quillon/orgs/acme/exception-rule", nothing);
      expect(await inProgram.json(`${ask} --file ${yaml} --draft`)).toMatchObject({ changeRequestStatus: "ready" });
      const made = await inProgram.json<{ id: string }>(`${ask} --file ${yaml}`);
      expect(await inProgram.json(`${ask} --file - < ${yaml}`)).toMatchObject({ id: made.id, updated: true });

      for (let number = 0; number < 100; number++) {
        const elsewhere = [{ policies: ["two-words"], targets: [`${urn.replace("dev", "prod")}${number}`] }];
        const wish = { policyPack: "rules", match: elsewhere, reason: "It is one of many." };
        await send(world, "POST /api/orgs/acme/policy/exceptions", wish);
      }
      const ofStack = await list("rules --policy two-words --stack pets/dev");
      expect(ofStack.map(({ reason }) => reason)).toEqual(["It is known.", "It is older."]);
      expect(await list("rules")).toHaveLength(102);
    });
  },
);
