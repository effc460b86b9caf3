import { expect, test } from "vitest";
import { missingPacks } from "./unsettled.ts";

type Entry = Parameters<typeof missingPacks>[0]["known"][number];
type Recorded = Parameters<typeof missingPacks>[0]["recorded"][number];

const entry = (name: string, version: number, config: string | null = null, changed = 1): Entry => ({
  packId: `id of ${name}`,
  versionId: `${name}@${version}`,
  name,
  version,
  config,
  changed: BigInt(changed),
});
const record = (name: string, version: number, config?: unknown): Recorded => ({
  pack: name,
  version,
  ...(config !== undefined && { config }),
});

const five = '{"p": {"most": 5}}';
const six = '{"p":{"most":6}}';

interface Case {
  known?: Entry[];
  added?: Entry[];
  recorded?: Recorded[];
  missing?: Entry[];
}

test.each<[string, Case]>([
  ["nothing where no group came after", { known: [entry("a", 1)], recorded: [record("a", 1)] }],
  ["nothing where a known group has since enabled a pack", { known: [entry("a", 1)], recorded: [] }],
  [
    "nothing where a known group has since taken a newer version",
    { known: [entry("a", 2)], recorded: [record("a", 1)] },
  ],
  ["a pack that is not recorded", { added: [entry("a", 1)], missing: [entry("a", 1)] }],
  [
    "a version that is newer than the recorded one",
    { added: [entry("a", 2)], recorded: [record("a", 1)], missing: [entry("a", 2)] },
  ],
  ["not a version that is older than the recorded one", { added: [entry("a", 1, five)], recorded: [record("a", 2)] }],
  ["not a version that is recorded", { added: [entry("a", 1)], recorded: [record("a", 1)] }],
  [
    "not a configuration that is recorded",
    { added: [entry("a", 1, five)], recorded: [record("a", 1, { p: { most: 5 } })] },
  ],
  [
    "another configuration than the recorded one",
    { added: [entry("a", 1, six)], recorded: [record("a", 1, { p: { most: 5 } })], missing: [entry("a", 1, six)] },
  ],
  [
    "a configuration where none is recorded",
    { added: [entry("a", 1, five)], recorded: [record("a", 1)], missing: [entry("a", 1, five)] },
  ],
  [
    "none where a configuration is recorded",
    { added: [entry("a", 1)], recorded: [record("a", 1, { p: { most: 5 } })], missing: [entry("a", 1)] },
  ],
  [
    "not a configuration that a known group has edited since",
    {
      known: [entry("a", 1, five, 9)],
      added: [entry("a", 1, six, 3)],
      recorded: [record("a", 1, { p: { most: 5 } })],
    },
  ],
])("%s", (_, { known = [], added = [], recorded = [], missing = [] }) => {
  expect(missingPacks({ known, added, recorded })).toEqual(missing);
});
