import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../sdk/src/secret.ts";
import { SecretTexts } from "../../../sdk/src/secrets/texts.ts";
import { maskText, secretTexts, stringsIn } from "./texts.ts";

function mask(secrets: Iterable<string>, text: string): string {
  const { automaton } = secretTexts(secrets);
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

  test("the shorter ones of more secrets than are looked for", () => {
    const { automaton, leftOut } = secretTexts(["hunter22", "x".repeat(600_000), "y".repeat(600_000)]);
    expect(leftOut).toBe(1);
    expect(automaton && maskText(automaton, `hunter22 ${"x".repeat(600_000)} ${"y".repeat(5)}`)).toBe(
      "[secret] [secret] yyyyy",
    );
  });
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
