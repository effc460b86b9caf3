import { hash } from "node:crypto";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { entriesOf, origin, replayed, resource, urn } from "../testing/journal.ts";
import { entryOf } from "./journal-entry.ts";
import { replay } from "./replay.ts";
import { StoredObject } from "./stored-resource.ts";

const BEGIN = { kind: 0 };
const SUCCESS = { kind: 1 };
const FAILURE = { kind: 2 };
const REFRESH = { kind: 3 };
const OUTPUTS = { kind: 4 };
const REBUILT = { kind: 7 };
const [a, b, c] = [resource("a"), resource("b"), resource("c")];
const creating = { resource: c, type: "creating" };
const updating = { resource: b, type: "updating" };

test.each<[name: string, base: object[], entries: object[], resources: object[]]>([
  ["no entries", [a, b], [], [a, b]],
  ["what is made comes before what is left", [a, b], [{ ...SUCCESS, operationID: 1, state: c }], [c, a, b]],
  [
    "a step that keeps a resource takes it out of the base",
    [a, b],
    [{ ...SUCCESS, operationID: 1, state: a, removeOld: 0 }],
    [a, b],
  ],
  ["a resource is deleted", [a, b], [{ ...SUCCESS, operationID: 1, removeOld: 1 }], [a]],
  [
    "a resource that this update made is deleted",
    [a],
    [
      { ...SUCCESS, operationID: 1, state: b },
      { ...SUCCESS, operationID: 2, removeNew: 1 },
    ],
    [a],
  ],
  [
    "a replacement marks the old resource, and then removes it",
    [a],
    [{ ...SUCCESS, operationID: 1, state: { ...a, id: "2" }, deleteOld: 0 }],
    [
      { ...a, id: "2" },
      { ...a, delete: true },
    ],
  ],
  [
    "a resource that this update made is marked",
    [],
    [
      { ...SUCCESS, operationID: 1, state: a },
      { ...SUCCESS, operationID: 2, state: b },
      { ...SUCCESS, operationID: 3, deleteNew: 1, pendingReplacementNew: 2 },
    ],
    [
      { ...a, delete: true },
      { ...b, pendingReplacement: true },
    ],
  ],
  [
    "a resource waits for its replacement",
    [a],
    [{ ...SUCCESS, operationID: 1, pendingReplacementOld: 0 }],
    [{ ...a, pendingReplacement: true }],
  ],
  [
    "outputs take the place of a resource",
    [a, b],
    [{ ...OUTPUTS, operationID: 1, state: { ...a, x: 1 }, removeOld: 0 }],
    [{ ...a, x: 1 }, b],
  ],
  [
    "outputs take the place of a resource that this update made",
    [a],
    [
      { ...SUCCESS, operationID: 1, state: b },
      { ...OUTPUTS, operationID: 1, state: { ...b, x: 1 }, removeNew: 1 },
    ],
    [{ ...b, x: 1 }, a],
  ],
  ["outputs without a state change nothing", [a], [{ ...OUTPUTS, removeOld: 0 }], [a]],
  [
    "a refresh takes the place of a resource, whatever marks it has",
    [a, b],
    [
      { ...SUCCESS, operationID: 1, deleteOld: 1 },
      { ...REFRESH, state: { ...b, x: 1 }, removeOld: 1 },
    ],
    [a, { ...b, x: 1 }],
  ],
  ["a refresh finds that a resource is gone", [a, b], [{ ...REFRESH, removeOld: 0 }], [b]],
  [
    "what a refresh has changed can be deleted",
    [a],
    [
      { ...REFRESH, state: { ...a, x: 1 }, removeOld: 0 },
      { ...SUCCESS, operationID: 2, removeOld: 0 },
    ],
    [],
  ],
  [
    "a new base",
    [a],
    [
      { kind: 5, newSnapshot: { resources: [b, c] } },
      { ...SUCCESS, operationID: 1, removeOld: 1 },
    ],
    [b],
  ],
  [
    "after a base was rebuilt places are in the new one, and operations begin anew",
    [a, b],
    [
      { ...SUCCESS, operationID: 1, state: c, removeOld: 0 },
      REBUILT,
      { ...SUCCESS, operationID: 2, removeOld: 0 },
      { ...SUCCESS, operationID: 3, removeNew: 1 },
    ],
    [b],
  ],
  [
    "what an entry names and nobody has sent",
    [a],
    [
      { ...SUCCESS, operationID: 1, removeOld: 7, removeNew: 9, deleteNew: 9, pendingReplacementNew: 9 },
      { ...OUTPUTS, state: b, removeNew: 9 },
    ],
    [a],
  ],
])("%s", (_, base, entries, resources) => {
  const { deployment, version, features } = replayed({ resources: base }, entries);
  expect(deployment.resources ?? []).toEqual(resources);
  expect([version, features]).toEqual([3, undefined]);
});

test.each<[name: string, entries: object[], pending: object[]]>([
  [
    "operations that have begun",
    [
      { ...BEGIN, operationID: 1, operation: updating },
      { ...BEGIN, operationID: 2 },
    ],
    [updating],
  ],
  [
    "operations that have succeeded or failed",
    [
      { ...BEGIN, operationID: 1, operation: updating },
      { ...BEGIN, operationID: 2, operation: updating },
      { ...BEGIN, operationID: 3, operation: updating },
      { ...SUCCESS, operationID: 1 },
      { ...FAILURE, operationID: 2 },
      { ...REFRESH, operationID: 3 },
    ],
    [],
  ],
])("pending are %s, and those of the base that may have made a resource", (_, entries, pending) => {
  const { deployment } = replayed({ resources: [a], pending_operations: [updating, creating] }, entries);
  expect(deployment.pending_operations).toEqual([...pending, creating]);
});

test("a base is rebuilt three times at most, because each time looks at all of it", () => {
  const rebuilt = (times: number) => replayed({ resources: [a, b] }, new Array(times).fill(REBUILT));
  expect(rebuilt(3).deployment.resources).toEqual([a, b]);
  expect(() => rebuilt(4)).toThrow("rebuilds its base more than 3 times");
});

test("what is said of a state that an operation has made is written into it once, and not into the one that replaces it", () => {
  const made = { ...SUCCESS, operationID: 1, state: c };
  const marked = [
    { ...SUCCESS, operationID: 2, deleteNew: 1 },
    { ...SUCCESS, operationID: 3, deleteNew: 1, pendingReplacementNew: 1 },
  ];
  const of = (entries: object[]) => replayed({}, entries).deployment.resources;
  expect(of([made, ...marked])).toEqual([{ ...c, delete: true, pendingReplacement: true }]);
  expect(of([made, ...marked, { ...OUTPUTS, state: a, removeNew: 1 }])).toEqual([a]);
  const written = vi.spyOn(StoredObject.prototype, "with");
  of([made, ...new Array(100).fill(marked[0])]);
  expect(written).toHaveBeenCalledTimes(1);
  written.mockRestore();
});

test("operations that were pending when a base was rebuilt stay only when they may have made a resource", () => {
  const entries = [
    { ...BEGIN, operationID: 1, operation: updating },
    { ...BEGIN, operationID: 2, operation: creating },
    REBUILT,
  ];
  expect(replayed({}, entries.slice(0, 2)).deployment.pending_operations).toEqual([updating, creating]);
  expect(replayed({}, entries).deployment.pending_operations).toEqual([creating]);
});

test("after a refresh nothing refers to a resource that is not there, or comes later", () => {
  const gone = {
    dependencies: [urn("a"), urn("b"), urn("z")],
    deletedWith: urn("b"),
    replaceWith: [urn("b")],
    parent: urn("b"),
  };
  const base = [
    a,
    b,
    resource("d", { ...gone, propertyDependencies: { x: [urn("a"), urn("b")], y: [urn("b")], z: [] } }),
    resource("z"),
  ];
  const kept = { dependencies: [urn("a")], propertyDependencies: { x: [urn("a")] } };
  for (const entry of [
    { ...REFRESH, removeOld: 1 },
    { ...SUCCESS, isRefresh: true, operationID: 1, removeOld: 1 },
  ])
    expect(replayed({ resources: base }, [entry]).deployment.resources).toEqual([
      a,
      resource("d", kept),
      resource("z"),
    ]);
  const { deployment } = replayed({ resources: base }, [{ ...SUCCESS, operationID: 1, removeOld: 1 }]);
  expect(deployment.resources?.[1]).toEqual(base[2]);
});

test("URNs that have become aliases are replaced, also under a renamed parent, and aliases are taken out", () => {
  const root = { urn: urn("web-dev", "pulumi:pulumi:Stack"), type: "pulumi:pulumi:Stack" };
  const provider = {
    urn: urn("p2", "pulumi:providers:a"),
    type: "pulumi:providers:a",
    aliases: [urn("p1", "pulumi:providers:a")],
  };
  const parent = { ...resource("new"), parent: root.urn, aliases: [urn("old")] };
  const made = [root, provider, parent].map((state, index) => ({ ...SUCCESS, operationID: index + 1, state }));
  const left = {
    ...resource("child"),
    parent: urn("old"),
    provider: `${urn("p1", "pulumi:providers:a")}::id`,
    dependencies: [urn("old"), urn("a")],
    propertyDependencies: { x: [urn("old")] },
    deletedWith: urn("old"),
    viewOf: urn("old"),
  };
  const grandchild = { ...resource("grandchild"), dependencies: [urn("child")] };
  const { deployment, features, version } = replayed({ resources: [left, grandchild] }, made);
  const child = urn("child", "a:b:C$a:b:C");
  expect(deployment.resources?.slice(3)).toEqual([
    {
      ...left,
      urn: child,
      parent: urn("new"),
      provider: `${urn("p2", "pulumi:providers:a")}::id`,
      dependencies: [urn("new"), urn("a")],
      propertyDependencies: { x: [urn("new")] },
      deletedWith: urn("new"),
      viewOf: urn("new"),
    },
    { ...grandchild, dependencies: [child] },
  ]);
  expect(JSON.stringify(deployment)).not.toContain("aliases");
  expect([version, features]).toEqual([4, ["views"]]);
});

test("the secrets provider, snippets, extensions and metadata follow the journal", () => {
  const base = {
    secrets_providers: { type: "service" },
    metadata: { x: 1 },
    extensions: { r1: { x: 1 } },
    resources: [a],
  };
  const secretsProvider = { type: "passphrase", state: { salt: "s" } };
  const snippets = [{ uuid: "u", references: { x: urn("old"), y: urn("a") } }];
  const entries = [
    { kind: 6, secretsProvider },
    { kind: 8, extensionRef: "r2", extension: { y: 1 } },
    { kind: 9, snippets },
    { ...SUCCESS, operationID: 1, state: resource("new", { aliases: [urn("old")] }) },
  ];
  expect(replayed(base, entries)).toEqual({
    version: 4,
    features: ["snippets-prototype"],
    deployment: {
      manifest: { time: origin.time, version: "v3.274.1", magic: hash("sha256", "v3.274.1") },
      secrets_providers: secretsProvider,
      resources: [resource("new"), a],
      metadata: { x: 1 },
      snippets: [{ uuid: "u", references: { x: urn("new"), y: urn("a") } }],
      extensions: { r1: { x: 1 }, r2: { y: 1 } },
    },
  });
  expect(replayed(base, [{ kind: 6, secretsProvider: null }]).deployment).not.toHaveProperty("secrets_providers");
});

test.each<[feature: string, more: object]>([
  ["refreshBeforeUpdate", { refreshBeforeUpdate: true }],
  ["views", { viewOf: urn("b") }],
  ["hooks", { resourceHooks: { x: ["y"] } }],
  ["taint", { taint: true }],
  ["replaceWith", { replaceWith: [urn("b")] }],
  ["extensionParameterization", { extensionRef: "r" }],
  ["snippets-prototype", { snippetID: "s" }],
])("a state says that it has %s", (feature, more) => {
  const state = resource("a", more);
  for (const made of [
    replayed({ resources: [state] }, []),
    replayed({}, [{ ...SUCCESS, operationID: 1, state }]),
    replayed({}, [{ ...BEGIN, operationID: 1, operation: { resource: state, type: "creating" } }]),
  ])
    expect(made).toMatchObject({ version: 4, features: [feature] });
  const entries = [{ ...SUCCESS, operationID: 1, removeOld: 0 }];
  expect(replayed({ resources: [state] }, entries, 4, [feature])).toMatchObject({ version: 3 });
});

test("strings of other bytes than UTF-8 are known by who sent them, and stay known", () => {
  const entry = { ...SUCCESS, operationID: 1, state: a, requiresByteString: true };
  expect(replayed({}, [entry])).toMatchObject({ version: 4, features: ["byteString"] });
  expect(replayed({ resources: [a] }, [], 4, ["byteString"])).toMatchObject({ version: 4, features: ["byteString"] });
});

test("bytes of what is not changed stay", () => {
  const odd = String.raw`{"urn":"u","inputs":{"n":12345678901234567890.10,"1":1e400,"s":"\u003c😀"} }`;
  const entries = entriesOf([{ ...SUCCESS, operationID: 1, deleteOld: 1 }]);
  const base = `{"version":3,"deployment":{"resources":[${odd},${odd}]}}`;
  const text = Buffer.concat(replay(Buffer.from(base), entries, origin).pieces).toString();
  expect(text).toContain(odd);
  expect(text).toContain(String.raw`"inputs":{"n":12345678901234567890.10,"1":1e400,"s":"\u003c😀"},"delete":true}`);
});

test.each<[name: string, entry: object]>([
  ["another version", { version: 3, kind: 1, operationID: 1 }],
  ["no version", { kind: 1, operationID: 1 }],
  ["a kind of version 2 in version 1", { version: 1, kind: 10, operationID: 0, states: [] }],
  ["no states that a migration inserts", { version: 2, kind: 10, operationID: 0, layout: [] }],
  ["an unknown kind", { version: 1, kind: 99, operationID: 1 }],
  ["a kind that is no number", { version: 1, kind: "toString", operationID: 1 }],
  ["no operation", { version: 1, kind: 1 }],
  ["a place before the first", { version: 1, kind: 1, operationID: 1, removeOld: -1 }],
  ["a state that is no object", { version: 1, kind: 1, operationID: 1, state: [] }],
  ["no new base", { version: 1, kind: 5, operationID: 0 }],
  ["no extension", { version: 1, kind: 8, operationID: 1, extensionRef: "r" }],
])("no entry has %s", (_, entry) => {
  expect(entryOf(Buffer.from(JSON.stringify(entry)))).toBeUndefined();
});

// What the engine sends for a step, and the state that it would have written after it. Each resource is visited once, as in an update.
type Step = "same" | "update" | "delete" | "replace" | "create" | "fail" | "interrupted" | "refresh";
const steps = fc.array(
  fc.constantFrom<Step>("same", "update", "delete", "replace", "create", "fail", "interrupted", "refresh"),
  {
    maxLength: 20,
  },
);

test("after any steps the journal makes the state that the engine would have written", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const base = all.map((_, index) => resource(`r${index}`, { id: "1" }));
      const made: object[] = [];
      const left: (object | undefined)[] = [...base];
      const pending: object[] = [];
      const entries: object[] = [];
      all.forEach((step, place) => {
        const operationID = place + 1;
        const old = base[place] ?? a;
        const next = { ...old, id: "2" };
        entries.push({
          ...BEGIN,
          operationID,
          ...(step !== "same" && { operation: { resource: next, type: "updating" } }),
        });
        if (step === "same" || step === "update") {
          const state = step === "same" ? old : next;
          entries.push({ ...SUCCESS, operationID, state, removeOld: place });
          made.push(state);
          left[place] = undefined;
        } else if (step === "delete") {
          entries.push({ ...SUCCESS, operationID, removeOld: place });
          left[place] = undefined;
        } else if (step === "replace") {
          entries.push({ ...SUCCESS, operationID, state: next, deleteOld: place });
          made.push(next);
          left[place] = { ...old, delete: true };
        } else if (step === "create") {
          entries.push({ ...SUCCESS, operationID, state: resource(`n${place}`) });
          made.push(resource(`n${place}`));
        } else if (step === "fail") entries.push({ ...FAILURE, operationID });
        else if (step === "refresh") {
          entries.push({ ...REFRESH, operationID, state: next, removeOld: place });
          left[place] = next;
        } else pending.push({ resource: next, type: "updating" });
        const { deployment } = replayed({ resources: base }, entries);
        expect(deployment.resources ?? []).toEqual([...made, ...left.filter((one) => one !== undefined)]);
        expect(deployment.pending_operations ?? []).toEqual(pending);
      });
    }),
    { numRuns: 50 },
  );
});
