import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../sdk/src/secret.ts";
import { SecretTexts } from "../../../sdk/src/secrets/texts.ts";
import { automatonOf } from "./automaton.ts";
import { maskText, secretTexts, stringsIn, WITHHELD } from "./texts.ts";

function mask(secrets: Iterable<string>, text: string): string {
  const automaton = secretTexts(secrets)?.automaton;
  return automaton ? maskText(automaton, text) : text;
}

describe("what is masked", () => {
  test.each<[string, string[], string, string]>([
    ["nothing without secrets", [], "some text", "some text"],
    ["nothing where no secret is", ["hunter22"], "hunter2 hunter", "hunter2 hunter"],
    ["a secret of four characters", ["hunt"], "a hunt", "a [secret]"],
    ["no secret of three characters", ["hun"], "a hun", "a hun"],
    ["each place", ["hunter22"], "a hunter22, hunter22.", "a [secret], [secret]."],
    ["the longer of two", ["hunt", "hunter22"], "hunter22 hunt", "[secret] [secret]"],
    ["those that overlap as one", ["abcdef", "defghi", "ghijkl"], "-abcdefghijkl-", "-[secret]-"],
    ["one that holds others", ["cdef", "ghij", "abcdefghijk"], "abcdefghijk cdefghij", "[secret] [secret][secret]"],
    ["one that overlaps itself", ["abab"], "ababab", "[secret]"],
    ["its form in JSON", ['a\n"b"'], JSON.stringify({ x: 'a\n"b"' }), '{"x":"[secret]"}'],
    ["its form in JSON inside JSON", ['a\n"b"'], JSON.stringify([JSON.stringify(['a\n"b"'])]), '["[\\"[secret]\\"]"]'],
    ["its form in Go's JSON", ["p&s<w>d"], String.raw`{"x":"p\u0026s\u003cw\u003ed"}`, '{"x":"[secret]"}'],
    ["its form in Python's JSON", ["pässwörd"], String.raw`a p\u00e4ssw\u00F6rd.`, "a [secret]."],
    ["its form in PHP's JSON", ["a/b/c"], String.raw`"a\/b\/c"`, '"[secret]"'],
    ["its form in JSON inside JSON inside JSON", ["p&s<w"], String.raw`p\\\\u0026s\\\\u003cw`, "[secret]"],
    [
      "its form in JSON beside itself",
      ["a&bc", "d&ef"],
      String.raw`a\u0026bcd&ef a&bcd\u0026ef`,
      "[secret][secret] [secret][secret]",
    ],
    ["one that is JSON's escape itself", [String.raw`a\nbc`], String.raw`a\nbc a\\nbc`, "[secret] [secret]"],
    ["nothing between a lone backslash and an end", ["abcd"], "\\ ab\\cd \\u00 \\", "\\ ab\\cd \\u00 \\"],
    ["its lines", ["-----\r\n  line 1\nab"], "'line 1\\n' + -----, ab", "'[secret]\\n' + [secret], ab"],
    ["text that looks like the mask", ["secret"], "a secret", "a [secret]"],
  ])("%s", (_, secrets, text, wanted) => {
    expect(mask(secrets, text)).toBe(wanted);
  });

  test("the same as the SDK masks, for any strings", () => {
    const some = (least: number, most: number) =>
      fc.string({ unit: fc.constantFrom(...'ab"é'), minLength: least, maxLength: most });
    fc.assert(
      fc.property(fc.array(some(0, 9)), some(0, 60), (secrets, text) => {
        const sdk = new SecretTexts();
        sdk.learn(
          secrets.map((one) => new Secret(one)),
          undefined,
        );
        expect(mask(secrets, text)).toBe(sdk.mask(text));
      }),
      { numRuns: 2000 },
    );
  });

  test("all of a hundred thousand characters, however often a secret overlaps itself", () => {
    const secrets = Array.from({ length: 1000 }, (_, index) => "a".repeat(index));
    expect(mask(secrets, "a".repeat(100_000))).toBe("[secret]");
  });

  test("all of a text that is nothing but escapes", () => {
    expect(mask(["a\n\n\nb"], `x${"\\\\n".repeat(300_000)} a${"\\n".repeat(3)}b`)).toMatch(/n \[secret\]$/);
  });

  describe("when secrets have more characters than are looked for", () => {
    /** Of 60 characters. */
    const long = (char: string) => `<${char.repeat(58)}>`;
    const secrets = ["hunter22", long("x"), long("y")];
    const most = 100;

    test.each([
      [
        "short ones and long ones, each to its end",
        `hunter22 ${long("x")}-${long("y")}-`,
        "[secret] [secret]-[secret]-",
      ],
      ["nothing that is shorter than the beginning", `<${"x".repeat(44)}>`, `<${"x".repeat(44)}>`],
      [
        "what comes after the beginning, as much as the whole has",
        `<${"x".repeat(45)}${"z".repeat(20)}`,
        "[secret]zzzzzz",
      ],
      ["what there is after the beginning", `a <${"x".repeat(50)}`, "a [secret]"],
    ])("%s", (_, text, wanted) => {
      const automaton = secretTexts(secrets, undefined, most)?.automaton;
      expect(automaton && maskText(automaton, text)).toBe(wanted);
    });

    test("the same when some of them became known later", () => {
      const before = secretTexts(secrets.slice(0, 2), undefined, most);
      const all = secretTexts(secrets, before, most);
      const text = `hunter22 ${long("x")}-${long("y")}-`;
      expect(all?.automaton && maskText(all.automaton, text)).toBe("[secret] [secret]-[secret]-");
      expect(secretTexts(secrets, all, most)).toBe(all);
    });

    test("nothing when only a few characters of each could be looked for", () => {
      const many = (count: number) => Array.from({ length: count }, (_, index) => `a-secret-value-${index + 100}`);
      expect(secretTexts(many(6), undefined, most)).toBeDefined();
      expect(secretTexts(many(7), undefined, most)).toBeUndefined();
    });
  });

  test("the beginnings of secrets, wherever they overlap others", () => {
    const strings = new Map([
      ["abcdefgh", 0],
      ["cdef", 5],
    ]);
    expect(maskText(automatonOf(strings), "-abcdefghijkl- -cdefghijkl-")).toBe("-[secret]l- -[secret]l-");
  });

  test("all of a text that has escapes and is too long to be read without them", () => {
    expect(mask(["hunter22"], `\\n${"x".repeat(16_000_000)}`)).toBe(WITHHELD);
    expect(mask(["hunter22"], `hunter22${"x".repeat(16_000_000)}`)).toMatch(/^\[secret\]xxx/);
  });
});

test("what is known to be secret stays so when there is more", () => {
  const before = secretTexts(["hunter22"]);
  expect(secretTexts(["hunter22", "abc"], before)).toBe(before);
  const automaton = secretTexts(["correct-horse"], before)?.automaton;
  expect(automaton && maskText(automaton, "hunter22 correct-horse")).toBe("[secret] [secret]");
});

test.each<[unknown, string[]]>([
  ["a", ["a"]],
  [{ a: ["b", { c: "d" }] }, ["b", "d"]],
  [[1, true, null], []],
  [{ "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "content" }, ["content"]],
  [
    {
      a: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: '["in","side"]' },
      b: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "no JSON" },
    },
    ["in", "side", '["in","side"]', "no JSON"],
  ],
])("the strings in %j are %j", (value, wanted) => {
  expect([...stringsIn(value)]).toEqual(wanted);
});
