import { expect, test } from "vitest";
import { resourcesOf } from "./state.ts";
import type { Terminal } from "./terminal.ts";
import { consoleUrl } from "./world.ts";

/**
 * Tests for every version of the CLI, once `acme/passwords` is enabled and the stack `acme/dev` exists: the violating
 * program is stopped, the fixed program passes, and the violating program passes when the pack is disabled.
 *
 * @param person is a function because the terminals are opened after the tests are defined.
 */
export function passwordsAreEnforced(version: string, person: () => { alice: Terminal; inProgram: Terminal }): void {
  test.each(["pulumi preview", "pulumi up --yes", "pulumi up --yes --skip-preview"])(
    "a violation stops %s",
    async (line) => {
      const { inProgram } = person();
      const printed = await inProgram.fails(line);
      expect(printed).toContain("❌ passwords@v1.0.0");
      expect(printed).toContain("[mandatory]");
      expect(printed).toContain("A password needs at least 16 characters, and this one gets 8.");
      expect(await resourcesOf(inProgram)).not.toContain("database");
    },
  );

  test("pulumi up after the fix succeeds, and the state is on the server", async () => {
    const { inProgram } = person();
    await inProgram.ok("pulumi config set length 20");
    const up = await inProgram.ok("pulumi up --yes");
    expect(up).toContain("✅ passwords@v1.0.0");
    expect(up).toContain(`View Live: ${consoleUrl}/acme/passwords/dev/updates/`);
    expect(await resourcesOf(inProgram)).toContain("database");
    const exported = await inProgram.json<object>("pulumi stack export");
    expect(exported).toMatchObject({ deployment: { manifest: { version } } });
    const history = await inProgram.json<{ result: string }[]>("pulumi stack history --json");
    expect(history.map(({ result }) => result)).toEqual(["succeeded", "failed"]);
  });

  test("after pulumi policy disable, the violating program passes", async () => {
    const { alice, inProgram } = person();
    await alice.ok("pulumi policy disable acme/passwords");
    expect(await alice.ok("pulumi policy group ls acme")).toMatch(/^default-policy-group\s+Y\s+0\s+1\b/m);
    const up = await inProgram.ok("pulumi up --yes --config length=8");
    expect(up).not.toContain("passwords@v1.0.0");
  });
}
