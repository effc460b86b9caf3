import { SIGNATURE } from "@quillon/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ResourceRemediation } from "../resource.ts";
import { Secret } from "../secret.ts";
import { chain, type Fields, secret } from "./chain.ts";

// The rule of keeper.ts once more, leaf by leaf and without walking two trees at once.

interface Leaf {
  path: string;
  value: unknown;
  isSecret: boolean;
}

const isMark = (value: unknown): value is Secret =>
  value instanceof Secret || (typeof value === "object" && value !== null && SIGNATURE in value);

/** Every scalar of a tree, and every place of a mark. */
function look(tree: unknown, path = "", isSecret = false): { leaves: Leaf[]; marks: string[] } {
  if (isMark(tree)) {
    const inside = look(tree.value, path, true);
    return { leaves: inside.leaves, marks: [path, ...inside.marks] };
  }
  if (typeof tree !== "object" || tree === null) return { leaves: [{ path, value: tree, isSecret }], marks: [] };
  const below = Object.entries(tree).map(([key, value]) => look(value, `${path}/${key}`, isSecret));
  return { leaves: below.flatMap(({ leaves }) => leaves), marks: below.flatMap(({ marks }) => marks) };
}

function plainly(tree: any): any {
  if (isMark(tree)) return plainly(tree.value);
  if (typeof tree !== "object" || tree === null) return tree;
  if (Array.isArray(tree)) return tree.map(plainly);
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, plainly(value)]));
}

const text = fc.constantFrom("abc", "abcd", "xabcdy", "bcde", "abcde", 'q"abc', '{"k":"q\\"abc"}', "zzzz", "");
const leaf = fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: fc.constantFrom(1234, true, null) });
/** No engine sends a secret of a secret. */
const asSecret = (value: unknown) => (value instanceof Secret ? value : new Secret(value));
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 4, arbitrary: leaf },
    { weight: 2, arbitrary: tie("tree").map(asSecret) },
    { weight: 1, arbitrary: fc.array(tie("tree"), { maxLength: 3 }) },
    { weight: 2, arbitrary: fc.dictionary(fc.constantFrom("a", "b", "c", "0"), tie("tree"), { maxKeys: 3 }) },
  ),
}));
const fields = fc.dictionary(fc.constantFrom("a", "b", "c", "d", "e"), tree, { maxKeys: 5 }) as fc.Arbitrary<Fields>;
const step = fc.record({ how: fc.constantFrom("spread", "clone", "new"), written: fields });

function remediation({ how, written }: { how: string; written: Fields }): ResourceRemediation {
  return ({ props }) => {
    if (how === "new") return { ...written };
    return { ...(how === "clone" ? JSON.parse(JSON.stringify(props)) : props), ...written };
  };
}

const toWire = (value: any): any => {
  if (value instanceof Secret) return secret(toWire(value.value));
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(toWire);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toWire(inner)]));
};

test("for any properties and any remediations, a value is secret exactly when the rule says so", async () => {
  const counts = { path: 0, value: 0, plain: 0 };
  await fc.assert(
    fc.asyncProperty(fields, fc.array(step, { minLength: 1, maxLength: 3 }), async (given, steps) => {
      const states = [toWire(given), ...(await chain(steps.map(remediation), toWire(given)))];
      const secretPaths: string[] = [];
      const known: string[] = [];
      const note = ({ leaves, marks }: ReturnType<typeof look>) => {
        secretPaths.push(...marks);
        for (const { path, value, isSecret } of leaves) {
          if (typeof value === "string" && value.length >= 4 && (isSecret || isAt(path))) known.push(value);
        }
      };
      const isAt = (path: string) => secretPaths.some((one) => path === one || path.startsWith(`${one}/`));
      const holds = (value: string) =>
        known.some((one) => value.includes(one) || value.includes(JSON.stringify(one).slice(1, -1)));
      note(look(states[0]));
      for (const [index, { how, written }] of steps.entries()) {
        const before = look(states[index]).leaves;
        const after = look(states[index + 1]);
        // What the policy returned, as far as anybody can tell from outside.
        const returned = look(how === "new" ? written : { ...plainly(states[index]), ...written });
        expect(after.leaves.map(({ path, value }) => [path, value]).sort()).toEqual(
          returned.leaves.map(({ path, value }) => [path, value]).sort(),
        );
        const pathsBefore = [...secretPaths];
        note({ ...returned, marks: [] });
        const writtenSecret = new Set(returned.leaves.filter(({ isSecret }) => isSecret).map(({ path }) => path));
        for (const { path, value, isSecret } of after.leaves) {
          const byPath = writtenSecret.has(path) || pathsBefore.some((one) => `${path}/`.startsWith(`${one}/`));
          const same = before.some((one) => one.path === path && one.value === value && !one.isSecret);
          const byValue = typeof value === "string" && holds(value) && !same;
          expect({ path, value, isSecret }).toEqual({ path, value, isSecret: byPath || byValue });
          counts[byPath ? "path" : byValue ? "value" : "plain"]++;
        }
        note(after);
      }
    }),
    { numRuns: 1_000 },
  );
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(200);
});
