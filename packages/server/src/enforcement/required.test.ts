import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type EnabledPack, requiredPacks } from "./required.ts";

const entry = (packId: string, version: number, changed: number): EnabledPack => ({
  packId,
  versionId: `${packId}@${version}`,
  version,
  changed: BigInt(changed),
});

describe("which packs must a stack run?", () => {
  test.each<[string, EnabledPack[], EnabledPack[]]>([
    ["none where none is enabled", [], []],
    ["every pack of every group", [entry("a", 1, 1), entry("b", 1, 2)], [entry("a", 1, 1), entry("b", 1, 2)]],
    ["only the newest version of one pack", [entry("a", 2, 1), entry("a", 1, 9)], [entry("a", 2, 1)]],
    [
      "the entry of one version that was edited last",
      [entry("a", 1, 3), entry("a", 1, 7), entry("a", 1, 5)],
      [entry("a", 1, 7)],
    ],
    ["versions go by number, not by text", [entry("a", 9, 1), entry("a", 10, 1)], [entry("a", 10, 1)]],
  ])("%s", (_, enabled, wanted) => {
    expect(requiredPacks(enabled)).toEqual(wanted);
  });
});

const entries = fc.uniqueArray(
  fc
    .tuple(fc.constantFrom("a", "b", "c"), fc.integer({ min: 1, max: 12 }), fc.nat(1000))
    .map(([pack, version, changed]) => entry(pack, version, changed)),
  { selector: ({ changed }) => changed },
);

describe("for any groups", () => {
  test("their order does not matter", () => {
    const shuffled = entries.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, mixed]) => {
        expect(requiredPacks(mixed)).toEqual(requiredPacks(all));
      }),
    );
  });

  test("the same entry twice changes nothing", () => {
    fc.assert(
      fc.property(entries, (all) => {
        expect(requiredPacks([...all, ...all])).toEqual(requiredPacks(all));
      }),
    );
  });

  test("removing what is not chosen changes nothing, and removing what is brings the next best", () => {
    fc.assert(
      fc.property(entries, (all) => {
        const required = requiredPacks(all);
        const rest = all.filter((one) => !required.includes(one));
        for (const one of rest) expect(requiredPacks(all.filter((other) => other !== one))).toEqual(required);
        for (const one of required) {
          const without = requiredPacks(all.filter((other) => other !== one));
          const others = required.filter((other) => other !== one);
          expect(without.filter(({ packId }) => packId !== one.packId)).toEqual(others);
          expect(without.some(({ packId }) => packId === one.packId)).toBe(
            rest.some(({ packId }) => packId === one.packId),
          );
        }
      }),
    );
  });

  test("each pack is there once, and no enabled version of it is newer", () => {
    fc.assert(
      fc.property(entries, (all) => {
        const required = requiredPacks(all);
        expect(new Set(required.map(({ packId }) => packId))).toEqual(new Set(all.map(({ packId }) => packId)));
        for (const one of required) {
          const same = all.filter(({ packId }) => packId === one.packId);
          expect(one.version).toBe(Math.max(...same.map(({ version }) => version)));
        }
      }),
    );
  });

  test("taking away a group that lost changes nothing", () => {
    fc.assert(
      fc.property(entries, (all) => {
        const required = requiredPacks(all);
        expect(requiredPacks(all.filter((one) => required.includes(one)))).toEqual(required);
      }),
    );
  });
});
