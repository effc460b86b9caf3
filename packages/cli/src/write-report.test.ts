import type { Report } from "@quillon/contract";
import { writers } from "@quillon/report";
import { expect, test } from "vitest";
import { reportText } from "./write-report.ts";

const counts = { mandatory: 200, advisory: 0, accepted: 0, excepted: 0, remediated: 0, notEvaluated: 0, passed: 0 };
const result = (index: number): Report["results"][number] => ({
  ...{ kind: "violated", project: "web", stack: "dev", pack: "pets", version: "1.0.0", policy: "length" },
  ...{ level: "mandatory", severity: "high", urn: `urn:pulumi:dev::web::a:b:C::pet-${index}`, message: "It is short." },
});
const report: Report = {
  organization: "acme",
  counts,
  leftOut: 0,
  packs: [],
  results: Array.from({ length: 200 }, (_, index) => result(index)),
};

async function all(texts: AsyncIterable<string>): Promise<string[]> {
  const list: string[] = [];
  for await (const text of texts) list.push(text);
  return list;
}

test.each(Object.keys(writers) as (keyof typeof writers)[])("%s is written in few blocks", async (format) => {
  const blocks = await all(reportText(report, format));
  const { results, ...head } = report;
  expect(blocks.join("")).toBe((await all(writers[format].write(head, results))).join(""));
  expect(blocks.length).toBeLessThan(20);
});
