import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KnownVersion, planPublication, resolveVersion } from "./versions.ts";

const now = new Date("2026-01-01T12:00:00Z");
const later = new Date("2026-01-01T12:05:00Z");
const earlier = new Date("2026-01-01T11:59:59Z");

const completed = (version: number, tag: string | null = null): KnownVersion => ({
  id: `v${version}`,
  version,
  tag,
  status: "completed",
  reservedBy: "ann",
  reservedUntil: earlier,
});
const removed = (version: number, tag: string | null = null): KnownVersion => ({
  ...completed(version, tag),
  status: "removed",
});
const reserved = (version: number, tag: string | null, by: string, until = later): KnownVersion => ({
  ...completed(version, tag),
  status: "reserved",
  reservedBy: by,
  reservedUntil: until,
});

describe("may this version be published?", () => {
  test.each<[string, KnownVersion[], string | null, ReturnType<typeof planPublication>]>([
    ["a pack's first version is 1", [], "1.0.0", { verdict: "reserve", version: 1, drop: [] }],
    [
      "without a tag the integers go on",
      [completed(1), completed(2)],
      null,
      { verdict: "reserve", version: 3, drop: [] },
    ],
    [
      "a tag lower than the newest is fine",
      [completed(1, "2.0.0")],
      "1.0.1",
      { verdict: "reserve", version: 2, drop: [] },
    ],
    [
      "a completed tag is refused with the patch after the highest ever completed",
      [completed(1, "1.0.0"), completed(2, "1.1.0"), completed(3, "1.2.0")],
      "1.1.0",
      { verdict: "published", next: "1.2.1" },
    ],
    [
      "highest is by semantic version, not by order of publishing",
      [completed(1, "1.10.0"), completed(2, "1.9.0")],
      "1.9.0",
      { verdict: "published", next: "1.10.1" },
    ],
    [
      "a removed tag can't be used again, and counts for the suggestion",
      [completed(1, "1.0.0"), removed(2, "1.0.1")],
      "1.0.1",
      { verdict: "published", next: "1.0.2" },
    ],
    [
      "a tag that is not a semantic version gets no suggestion",
      [completed(1, "blue")],
      "blue",
      { verdict: "published", next: undefined },
    ],
    [
      "another user's reservation that has not expired is theirs",
      [reserved(1, "1.0.0", "bob")],
      "1.0.0",
      { verdict: "being-published", by: "bob", until: later },
    ],
    [
      "another user's expired one is dropped",
      [reserved(1, "1.0.0", "bob", earlier)],
      "1.0.0",
      { verdict: "reserve", version: 1, drop: ["v1"] },
    ],
    [
      "the user's own earlier reservation is replaced",
      [reserved(1, "1.0.0", "ann")],
      "1.0.0",
      { verdict: "reserve", version: 1, drop: ["v1"] },
    ],
    [
      "a reservation of another tag stays, integer and all",
      [reserved(1, "1.0.0", "bob")],
      "1.1.0",
      { verdict: "reserve", version: 2, drop: [] },
    ],
    [
      "two may publish versions without a tag at once",
      [reserved(1, null, "bob")],
      null,
      { verdict: "reserve", version: 2, drop: [] },
    ],
    [
      "a removed version's integer is never given again",
      [completed(1), removed(2)],
      null,
      { verdict: "reserve", version: 3, drop: [] },
    ],
  ])("%s", (_, known, tag, plan) => {
    expect(planPublication(known, { tag, user: "ann", now })).toEqual(plan);
  });
});

describe("which version is meant?", () => {
  const known = [
    completed(1, "2.0.0"),
    completed(2, "1.0.1"),
    removed(3, "3.0.0"),
    completed(4),
    reserved(5, "4.0.0", "ann"),
  ];
  test.each([
    ["a tag", "1.0.1", 2],
    ["an integer", "4", 4],
    ["latest is the highest integer that is published", "latest", 4],
    ["nothing is latest", "", 4],
    ["a removed tag is not there", "3.0.0", undefined],
    ["a removed integer is not there", "3", undefined],
    ["an unfinished one is not there", "4.0.0", undefined],
    ["an integer is written as the server writes it", "04", undefined],
  ])("%s", (_, wanted, version) => {
    expect(resolveVersion(known, wanted)?.version).toBe(version);
  });

  test("a tag that looks like an integer is preferred to the integer", () => {
    expect(resolveVersion([completed(1, "2"), completed(2, "1")], "2")?.version).toBe(1);
  });
});

test("for any history, a plan never gives a tag or an integer away twice", () => {
  const version = fc.record({
    tag: fc.constantFrom(null, "1.0.0", "1.0.1", "blue"),
    status: fc.constantFrom("reserved" as const, "completed" as const, "removed" as const),
    reservedBy: fc.constantFrom("ann", "bob"),
    reservedUntil: fc.constantFrom(earlier, later),
  });
  fc.assert(
    fc.property(fc.array(version, { maxLength: 8 }), fc.constantFrom(null, "1.0.0", "blue"), (history, tag) => {
      const known = history
        .filter((one, index) => one.tag === null || history.findIndex((other) => other.tag === one.tag) === index)
        .map((one, index): KnownVersion => ({ ...one, id: `v${index + 1}`, version: index + 1 }));
      const plan = planPublication(known, { tag, user: "ann", now });
      if (plan.verdict !== "reserve") return;
      const kept = known.filter(({ id }) => !plan.drop.includes(id));
      expect(kept.map((one) => one.version)).not.toContain(plan.version);
      if (tag !== null) expect(kept.map((one) => one.tag)).not.toContain(tag);
      expect(known.filter(({ id, status }) => plan.drop.includes(id) && status !== "reserved")).toEqual([]);
    }),
  );
});
