import { expect, test } from "vitest";
import type { CheckedPack } from "./pack.ts";
import { summaryOf } from "./summary.ts";

/** A pack with so many advisory results, and then one mandatory. All such packs have one name and version. */
function checked(label: string, advisory: number): CheckedPack {
  const from = { directory: label, label, required: false, config: {}, configLabel: "", exceptions: {} };
  const result = (level: string) => ({
    kind: "violated" as const,
    policy: `p-${label}`,
    level,
    severity: "",
    urn: "",
    message: `${level} in ${label}`,
  });
  const results = [...Array.from({ length: advisory }, () => result("advisory")), result("mandatory")];
  const names = { name: "rules", version: "1.0.0", project: "web", stack: "dev" };
  return { pack: { ...names, resources: 1, policies: [], results }, from, printed: "" };
}

test("the worst results of all packs are shown, each below its own pack", () => {
  const summary = summaryOf([checked("a", 300), checked("b", 0)], false);
  const [ofA = "", ofB = ""] = summary.split("rules 1.0.0 (b)");
  expect(ofA.match(/mandatory in a/g)).toHaveLength(1);
  expect(ofA.match(/advisory in a/g)).toHaveLength(198);
  expect(ofA).not.toContain("in b");
  expect(ofB.match(/mandatory in b/g)).toHaveLength(1);
  expect(ofB).not.toContain("in a");
  expect(ofB).toContain("Of the results 102 are not shown here.");
});
