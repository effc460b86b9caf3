import { expect, test } from "vitest";
import { problemLine } from "./index.ts";
import { packsInTests, telling } from "./testing.ts";

const { bundle, told } = packsInTests();

const days = {
  "node_modules/days/package.json": JSON.stringify({ name: "days", version: "1.0.0", main: "days.js" }),
  "node_modules/days/days.js": `(function (root, factory) {
  typeof exports === "object" && typeof module !== "undefined" ? (module.exports = factory()) : (root.days = factory());
})(this, function () {
  var words = {};
  function first(language) {
    var load;
    try {
      load = require;
      load("./words/" + language);
    } catch (error) {
      words[language] = error.code;
    }
    return words[language];
  }
  return { first: first, words: words };
});`,
  "node_modules/days/words/de.js": `(function (root, factory) {
  typeof exports === "object" && typeof require === "function" ? factory(require("../days")) : factory(root.days);
})(this, function (days) { days.words.de = "Montag"; });`,
};

test("a dependency has the modules of a folder that it loads by another name for require", async () => {
  const languages = '["de", "de.js", "nowhere"]';
  expect(await told({ ...days, "index.js": telling(`${languages}.map(require("days").first)`) })).toEqual([
    "Montag",
    null,
    "MODULE_NOT_FOUND",
  ]);
});

test("unless the folder has what a bundle does not carry", async () => {
  const files = {
    ...days,
    "node_modules/days/words/fast.node": "",
    "index.js": telling('require("days").first("de")'),
  };
  const { problems } = await bundle(files);
  expect(problems.map(problemLine)).toEqual([
    'node_modules/days/days.js:8:14: Indirect calls to "require" will not be bundled',
  ]);
});

test("a dependency in the form that compilers write for all kinds of modules has its files", async () => {
  const compiled = (code: string) => `(function (factory) {
  if (typeof module === "object" && typeof module.exports === "object") {
    var made = factory(require, exports);
    if (made !== undefined) module.exports = made;
  } else if (typeof define === "function" && define.amd) define(["require", "exports", "./b"], factory);
})(function (require, exports) {
  "use strict";
  ${code}
});`;
  expect(
    await told({
      "node_modules/both/index.js": compiled('exports.a = require("./b").b + 1;'),
      "node_modules/both/b.js": compiled("exports.b = 1;"),
      "index.js": telling('require("both").a'),
    }),
  ).toBe(2);
});
