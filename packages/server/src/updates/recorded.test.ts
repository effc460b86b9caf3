import { expect, test } from "vitest";
import { type RecordedPack, readRecorded } from "./recorded.ts";

const pack: RecordedPack = {
  pack: "pets",
  version: 3,
  tag: "1.0.0",
  archiveSha256: "ab",
  configSha256: "cd",
  config: { short: { most: 5 } },
  levels: { short: "mandatory" },
  environments: ["web/env"],
};

test("a record is read as it was written", () => {
  expect(readRecorded(JSON.parse(JSON.stringify([pack])))).toEqual([pack]);
});

test("a record of an earlier version is read without what it does not have", () => {
  const unknown = { archiveSha256: null, configSha256: null, levels: {}, environments: [] };
  expect(
    readRecorded([
      { name: "pets", version: 3, versionTag: "1.0.0", displayName: "Pets", config: { short: {} } },
      { name: "cars", version: 1, versionTag: "", displayName: "" },
    ]),
  ).toEqual([
    { ...unknown, pack: "pets", version: 3, tag: "1.0.0", config: { short: {} } },
    { ...unknown, pack: "cars", version: 1, tag: null },
  ]);
});

test.each([[{ no: "list" }], [null], [["pets"]]])("%j is no record", (stored) => {
  expect(() => readRecorded(stored)).toThrow();
});
