import { SECRET, SIGNATURE, UNKNOWN } from "@quillon/proto";
import { describe, expect, test } from "vitest";
import type { AssetContent } from "../assets.ts";
import { MarkedAsset } from "../properties.ts";
import { Secret } from "../secret.ts";
import { SecretTexts } from "./texts.ts";

function textsOf(value: unknown): SecretTexts {
  const texts = new SecretTexts();
  texts.learn(value, undefined);
  return texts;
}

describe("what is learned", () => {
  const itself: Record<string, unknown> = { token: "hunter22" };
  itself.itself = itself;
  const archive: AssetContent = { kind: "AssetArchive", assets: { a: { kind: "StringAsset", text: "hunter22" } } };
  test.each<[string, unknown, boolean]>([
    ["a secret", new Secret("hunter22"), true],
    ["a secret as on the wire", { a: [{ [SIGNATURE]: SECRET, value: "hunter22" }] }, true],
    ["a string inside a secret", new Secret({ a: ["x", { b: "hunter22" }] }), true],
    ["a secret archive's files", new Secret(new MarkedAsset(archive)), true],
    ["a secret in a value that contains itself", new Secret(itself), true],
    ["a secret of four characters", new Secret("hunt"), true],
    ["a secret of three characters", new Secret("hun"), false],
    ["a plain string", "hunter22", false],
    ["a key inside a secret", new Secret({ hunter22: 1 }), false],
    ["a number", new Secret(1234), false],
  ])("%s: %s", (_, value, wanted) => {
    expect(textsOf(value).areIn("is hunter22 or 1234")).toBe(wanted);
  });

  test("not the names of an asset's kind", () => {
    expect(textsOf(new Secret(new MarkedAsset(archive))).areIn("AssetArchive StringAsset")).toBe(false);
  });

  test("not what stands for an unknown value", () => {
    expect(textsOf(new Secret(UNKNOWN.string)).areIn(UNKNOWN.string)).toBe(false);
  });
});

describe("what is masked", () => {
  test.each<[string, string[], string, string]>([
    ["nothing without secrets", [], "some text", "some text"],
    ["nothing where no secret is", ["hunter22"], "hunter2 hunter", "hunter2 hunter"],
    ["a whole text", ["hunter22"], "hunter22", "[secret]"],
    ["each place", ["hunter22"], "a hunter22, hunter22.", "a [secret], [secret]."],
    ["the longer of two", ["hunt", "hunter22"], "hunter22 hunt", "[secret] [secret]"],
    ["those that overlap as one", ["abcdef", "defghi", "ghijkl"], "-abcdefghijkl-", "-[secret]-"],
    ["one that overlaps itself", ["abab"], "ababab", "[secret]"],
    ["its form in JSON", ['a\n"b"'], JSON.stringify({ x: 'a\n"b"' }), '{"x":"[secret]"}'],
    ["its form in JSON inside JSON", ['a\n"b"'], JSON.stringify([JSON.stringify(['a\n"b"'])]), '["[\\"[secret]\\"]"]'],
    ["its lines", ["-----\r\n  line 1\nab"], "'line 1\\n' + -----, ab", "'[secret]\\n' + [secret], ab"],
    ["text that looks like the mask", ["secret"], "a secret", "a [secret]"],
  ])("%s", (_, secrets, text, wanted) => {
    expect(textsOf(secrets.map((one) => new Secret(one))).mask(text)).toBe(wanted);
  });

  test("with those of others that are included, and their lines", () => {
    const texts = textsOf(new Secret("hunter22"));
    texts.include(textsOf(new Secret("line 1\nline 2")));
    expect(texts.mask("hunter22 line 1, line 2")).toBe("[secret] [secret], [secret]");
  });

  test("by one of ten thousand secrets", () => {
    const texts = textsOf(Array.from({ length: 10_000 }, (_, index) => new Secret(`secret-${index}`)));
    expect(texts.mask("is secret-9999 here")).toBe("is [secret] here");
  });
});
