import { expect, test } from "vitest";
import { tableOf } from "./results.ts";

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
