import type { ReportedPolicy, ReportedResult, ReportHead } from "@quillon/contract";
import fc from "fast-check";
import type { Writer } from "./writer.ts";

/** Reports for the tests of the writers. */

export const policyOf = (name: string, counts: Partial<ReportedPolicy> = {}): ReportedPolicy => ({
  name,
  description: "A pet has a long name.",
  severity: "high",
  mandatory: 0,
  advisory: 0,
  accepted: 0,
  excepted: 0,
  remediated: 0,
  notEvaluated: 0,
  passed: 0,
  ...counts,
});

export const resultOf = (result: Partial<ReportedResult> = {}): ReportedResult => ({
  kind: "violated",
  project: "web",
  stack: "dev",
  pack: "pets",
  version: "1.0.0",
  policy: "length",
  level: "mandatory",
  severity: "high",
  urn: "urn:pulumi:dev::web::random:index/randomPet:RandomPet::rex",
  message: "The name is short.",
  ...result,
});

export const severalExceptions = [
  { id: "EXC-1", reason: "Replaced in March.", expiresAt: "2030-03-31T00:00:00Z" },
  { id: "local", reason: "" },
];

/** The head of a preview with these results and policies of one pack, which also has those of the results. */
export function headOf(results: readonly ReportedResult[], policies: readonly ReportedPolicy[] = []): ReportHead {
  const packs = new Map<string, ReportHead["packs"][number]>();
  const of = (pack: string, version: string, name: string) => {
    const key = JSON.stringify([pack, version]);
    const found = packs.get(key) ?? { name: pack, version, required: true, policies: [] };
    packs.set(key, found);
    const policy = found.policies.find((one) => one.name === name) ?? policyOf(name);
    if (!found.policies.includes(policy)) found.policies.push(policy);
    return policy;
  };
  for (const policy of policies) Object.assign(of("pets", "1.0.0", policy.name), policy);
  const counts = { mandatory: 0, advisory: 0, accepted: 0, excepted: 0, remediated: 0, notEvaluated: 0, passed: 0 };
  for (const { pack, version, policy, kind, level, finding, exceptions } of results) {
    const known = of(pack, version, policy);
    const accepted = finding?.status === "ignored" || finding?.status === "by_design";
    if (kind === "remediated") known.remediated += 1;
    else if (kind === "not-evaluated") known.notEvaluated += 1;
    else if (exceptions) known.excepted += 1;
    else if (accepted) known.accepted += 1;
    else known[level === "mandatory" ? "mandatory" : "advisory"] += 1;
  }
  for (const policy of [...packs.values()].flatMap((pack) => pack.policies))
    for (const key of Object.keys(counts) as (keyof typeof counts)[]) counts[key] += policy[key];
  return {
    organization: "acme",
    stack: { project: "web", name: "dev" },
    update: {
      id: "00000000-0000-4000-8000-000000000001",
      kind: "update",
      dryRun: true,
      version: 3,
      status: statusOf(counts),
      startedAt: "2030-01-01T00:00:00.000Z",
      endedAt: "2030-01-01T00:01:00.000Z",
      folder: "infra/web",
    },
    counts,
    leftOut: 0,
    packs: [...packs.values()],
  };
}

const statusOf = ({ mandatory }: ReportHead["counts"]) => (mandatory > 0 ? "failed" : "succeeded");

/** The head of a preview with one pack, of which nothing was counted. */
export function withPack(pack: Partial<ReportHead["packs"][number]>, status = "failed"): ReportHead {
  const head = headOf([]);
  const update = head.update && { ...head.update, status };
  return {
    ...head,
    ...(update && { update }),
    packs: [{ name: "pets", version: "1.0.0", required: true, policies: [], ...pack }],
  };
}

export async function textOf(
  writer: Writer,
  results: readonly ReportedResult[],
  head: ReportHead = headOf(results),
): Promise<string> {
  let text = "";
  for await (const part of writer.write(head, results)) text += part;
  return text;
}

/** Texts that try to leave their place in one of the formats. */
const attacks = [
  "]]>",
  "<!--",
  "-->",
  "</failure></testcase>",
  "&amp;&#0;",
  "\u0000\u0008\u{1b}[31m\u{85}",
  "\u{fffe}\u{d800}x\u{dfff}",
  "| a | b |\n|---|---|",
  "\\|",
  "`code`",
  "```\nx",
  "**bold** _it_ ~~gone~~ $x$ :smile:",
  "[x](javascript:alert(1)) ![i](http://a/b.png)",
  "<script>alert(1)</script></details>",
  "@everyone @acme/team #1 acme/web#1 GH-1",
  "https://a.example/x www.a.example a@b.example",
  "\u{202e}abc",
  "=1+1",
  '"quoted", cell',
  "a\r\nb\rc\u{2028}d",
  "# title",
  "1. one",
  "&#124;",
  "\ta",
];
const hostile = fc.oneof(
  fc.constantFrom(...attacks),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.tuple(fc.constantFrom(...attacks), fc.string({ unit: "grapheme", maxLength: 10 })).map((parts) => parts.join("")),
);

export const hostileResults = fc.array(
  fc
    .record({
      kind: fc.constantFrom("violated" as const, "remediated" as const, "not-evaluated" as const),
      project: fc.constant("web"),
      stack: fc.constant("dev"),
      pack: hostile,
      version: fc.oneof(hostile, fc.constant("")),
      policy: hostile,
      level: fc.oneof(fc.constantFrom("mandatory", "advisory", ""), hostile),
      severity: fc.oneof(fc.constantFrom("critical", "high", "medium", "low", ""), hostile),
      urn: fc.oneof(
        hostile,
        hostile.map((name) => `urn:pulumi:dev::web::a:b:C::${name}`),
      ),
      message: hostile,
      exceptions: fc.option(fc.array(fc.record({ id: hostile, reason: hostile }), { maxLength: 2 })),
    })
    .map(({ exceptions, ...result }) => ({ ...result, ...(exceptions && { exceptions }) })),
  { maxLength: 6 },
);
