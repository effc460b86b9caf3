import { expect, test } from "vitest";
import { fixesOf, tableOf } from "./results.ts";

const result = {
  kind: "violated" as const,
  project: "web",
  stack: "prod",
  pack: "rules",
  version: "1.0.0",
  policy: "length",
  level: "mandatory",
  severity: "high",
  urn: "urn:pulumi:prod::web::random:index/randomPet:RandomPet::rex",
  message: "Short.",
};
const findingThatIs = (status: string) => ({ id: "7", status, firstSeenAt: "", lastSeenAt: "" });

test.each([
  ["open", "mandatory"],
  ["ignored", "ignored"],
  ["by_design", "by_design"],
])("a violation whose finding is %s is %s in the table", (status, shown) => {
  const [, row = ""] = tableOf([{ ...result, finding: findingThatIs(status) }]).split("\n");
  expect(row.split(/ +/)[0]).toBe(shown);
});

const counts = { mandatory: 0, advisory: 0, accepted: 0, excepted: 0, remediated: 0, notEvaluated: 0, passed: 0 };
const policy = (name: string, more: object) => ({ name, description: "", severity: "", ...counts, ...more });
const packWith = (...policies: ReturnType<typeof policy>[]) => ({
  packs: [{ name: "rules", version: "1.0.0", required: true, policies }],
});

test("how to fix it is said of each policy that is violated", () => {
  const fix = { remediationSteps: "Set length to 2.\nThen run again.\n", url: "https://pets.example/names" };
  const said = fixesOf(
    packWith(
      policy("length", { mandatory: 2, ...fix }),
      policy("excepted", { excepted: 1, ...fix }),
      policy("silent", { advisory: 1 }),
    ),
  );
  expect(said).toEqual([
    "rules@1.0.0 length\n  How to fix it: Set length to 2.\n    Then run again.\n  More: https://pets.example/names",
  ]);
});

test("below a table 20 policies say how to fix it", () => {
  const all = Array.from({ length: 23 }, (_, at) => policy(`p${at}`, { advisory: 1, remediationSteps: "Do it." }));
  expect(fixesOf(packWith(...all)).slice(19)).toEqual([
    "rules@1.0.0 p19\n  How to fix it: Do it.",
    "How to fix what violates 3 more of the policies: --output json",
  ]);
});
