import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { resource, validating } from "./differential/one-policy.ts";
import type { ResourceValidationPolicy } from "./policy.ts";
import type { StackValidationArgs } from "./stack.ts";
import { packOf } from "./testing/index.ts";
import type { ReportViolation } from "./violation.ts";

describe("a violation that is reported after its policy has ended", () => {
  const lateOf = (level: "advisory" | "mandatory") => {
    let report: () => void = () => {};
    const policy: ResourceValidationPolicy = {
      ...validating((_, reportViolation) => {
        report = () => reportViolation("too late");
      }),
      enforcementLevel: level,
    };
    return { policy, report: () => report() };
  };
  const stderr = () => vi.spyOn(process.stderr, "write").mockReturnValue(true);
  afterEach(() => vi.restoreAllMocks());

  test("is told with policy, resource and what to do", async () => {
    const { policy, report } = lateOf("advisory");
    const pack = await packOf([policy]);
    const told = stderr();
    await pack.analyze({ type: "t", urn: "urn:x" });
    expect(told).not.toHaveBeenCalled();
    report();
    expect(told).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(
        /^Policy 'p' from .* is lost\. Await every promise.*\nViolation: d\ntoo late\nResource: urn:x\n$/,
      ),
    );
    await pack.analyze({ type: "t" });
  });

  test("fails whatever is asked next when it is mandatory", async () => {
    const { policy, report } = lateOf("mandatory");
    const pack = await packOf([policy]);
    stderr();
    await pack.analyze({ type: "t" });
    report();
    const wanted = /^Policy 'p' from policy pack .* reported a violation after it had ended/;
    await expect(pack.analyze({ type: "other" })).rejects.toThrow(wanted);
    await expect(pack.remediate({ type: "other" })).rejects.toThrow(wanted);
    await expect(pack.analyzeStack([])).rejects.toThrow(wanted);
  });

  test("counts while other policies still run", async () => {
    const first = { ...lateOf("mandatory").policy, name: "first" };
    first.validateResource = async (_, report) => void Promise.resolve().then(() => report("just in time"));
    const pack = await packOf([first, validating(() => new Promise((resolve) => setImmediate(resolve)))]);
    expect((await pack.analyze({ type: "t" })).violations).toMatchObject([{ policy: "first" }]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["a promise", async () => {}],
    ["a file", () => readFile(import.meta.filename)],
    ["a timer", () => new Promise((resolve) => setTimeout(resolve, 1))],
    [
      "a chain of both",
      async () => {
        await readFile(import.meta.filename);
        await new Promise((resolve) => setTimeout(resolve, 1));
        await readFile(import.meta.filename);
      },
    ],
  ])("counts in a stack, where nothing is asked afterwards, when it waits for %s", async (_, wait) => {
    const policy = {
      name: "s",
      description: "d",
      validateStack: ({ resources }: StackValidationArgs, report: ReportViolation) => {
        for (const { urn } of resources) void wait().then(() => report("late", urn));
      },
    };
    const pack = await packOf([policy]);
    expect((await pack.analyzeStack([resource(), resource()])).violations).toHaveLength(2);
  });
});
