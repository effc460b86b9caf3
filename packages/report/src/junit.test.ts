import { parseXml, XmlElement, XmlText } from "@rgrove/parse-xml";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { junit } from "./junit.ts";
import { headOf, hostileResults, policyOf, resultOf, severalExceptions, textOf } from "./testing.ts";
import { isExcepted } from "./writer.ts";

async function suitesOf(...args: Parameters<typeof textOf> extends [unknown, ...infer Rest] ? Rest : never) {
  const { root } = parseXml(await textOf(junit, ...args));
  return { all: root?.attributes, suites: elementsOf(root) };
}

function elementsOf(parent: { children: unknown[] } | null): XmlElement[] {
  return (parent?.children ?? []).filter((child) => child instanceof XmlElement);
}

/** Each test as `classname|name` and what is in it. */
function casesOf(suite: XmlElement | undefined): string[] {
  return elementsOf(suite ?? null).map((one) => {
    const [outcome] = elementsOf(one);
    const how = outcome ? `${outcome.name} ${outcome.attributes.message}` : "passed";
    return `${one.attributes.classname}|${one.attributes.name}|${how}`;
  });
}

describe("JUnit", () => {
  test("a violation is a failed test, and a policy without one is one test", async () => {
    const results = [
      resultOf({ message: "Short.\nMake it longer." }),
      resultOf({ policy: "owner", level: "advisory", urn: "", severity: "" }),
      resultOf({ policy: "zone", kind: "remediated", level: "" }),
    ];
    const policies = [
      policyOf("length", { passed: 4 }),
      policyOf("age", { passed: 5 }),
      policyOf("unknown", { notEvaluated: 2 }),
    ];
    const { all, suites } = await suitesOf(results, headOf(results, policies));
    expect(all).toEqual({ name: "quillon acme/web/dev", tests: "5", failures: "2", errors: "0", skipped: "1" });
    expect(suites.map(({ attributes }) => attributes.name)).toEqual(["pets@1.0.0"]);
    expect(casesOf(suites[0])).toEqual([
      "pets.length|length: random:index/randomPet:RandomPet rex|failure Short.",
      "pets.owner|owner: the whole stack|failure The name is short.",
      "pets.age|age|passed",
      "pets.unknown|unknown|skipped 2 resources not evaluated, because the preview does not know all values",
      "pets.zone|zone|passed",
    ]);
    const [failure] = elementsOf(elementsOf(suites[0] ?? null)[0] ?? null);
    expect(failure?.attributes.type).toBe("mandatory");
    expect(failure?.text).toBe(`Short.\nMake it longer.\n[mandatory, high] ${resultOf().urn}`);
  });

  test("a violation says how to fix it", async () => {
    const results = [resultOf()];
    const fix = { remediationSteps: "Set length to 2.\n", url: "https://pets.example/names" };
    const { suites } = await suitesOf(results, headOf(results, [policyOf("length", { mandatory: 1, ...fix })]));
    const [failure] = elementsOf(elementsOf(suites[0] ?? null)[0] ?? null);
    expect(failure?.text).toMatch(/\nHow to fix it: Set length to 2\.\nMore: https:\/\/pets\.example\/names$/);
  });

  test("an excepted violation is skipped, with the exceptions", async () => {
    const results = [resultOf({ exceptions: severalExceptions }), resultOf({ policy: "owner" })];
    const { all, suites } = await suitesOf(results);
    expect(all).toMatchObject({ tests: "2", failures: "1", skipped: "1" });
    expect(casesOf(suites[0])[0]).toMatch(
      /\|skipped excepted: EXC-1: Replaced in March\. \(until 2030-03-31T00:00:00Z\); local$/,
    );
  });

  test("each version of a pack is a suite, also one that reported nothing", async () => {
    const head = headOf([resultOf(), resultOf({ version: "2.0.0" })]);
    head.packs.push({ name: "idle", version: "1.0.0", required: true, policies: [] });
    const { suites } = await suitesOf([resultOf(), resultOf({ version: "2.0.0" })], head);
    expect(suites.map(({ attributes }) => [attributes.name, attributes.tests])).toEqual([
      ["pets@1.0.0", "1"],
      ["pets@2.0.0", "1"],
      ["idle@1.0.0", "0"],
    ]);
  });

  test("what somebody ignores is skipped, with the reason", async () => {
    const finding = { id: "1", status: "ignored", reason: "small <pet>", firstSeenAt: "", lastSeenAt: "" };
    const { all, suites } = await suitesOf([resultOf({ finding })]);
    expect(all).toMatchObject({ tests: "1", failures: "0", skipped: "1" });
    expect(casesOf(suites[0])).toEqual([expect.stringMatching(/\|skipped ignored: small <pet>$/)]);
  });

  test("hostile texts stay in their place", async () => {
    await fc.assert(
      fc.asyncProperty(hostileResults, async (unsorted) => {
        const keyOf = ({ pack, version }: (typeof unsorted)[number]) => JSON.stringify([pack, version]);
        const results = unsorted.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
        const { all, suites } = await suitesOf(results);
        const cases = suites.flatMap(elementsOf);
        expect(all?.tests).toBe(String(cases.length));
        const failures = cases.flatMap(elementsOf).filter(({ name }) => name === "failure");
        expect(all?.failures).toBe(String(failures.length));
        const violations = results.filter((result) => result.kind === "violated" && !isExcepted(result));
        expect(failures.map((one) => one.text.slice(0, shown(violations[0]?.message ?? "").length)).length).toBe(
          violations.length,
        );
        for (const [index, { message }] of violations.entries()) {
          const [text] = failures[index]?.children ?? [];
          if (message) expect(text instanceof XmlText && text.text.startsWith(shown(message))).toBe(true);
        }
      }),
    );
  });
});

const shown = (text: string) =>
  text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\u{FFFD}");
