import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { descriptionOf, ourTemplates } from "./find-template.ts";
import { packFilesOf } from "./pack-files.ts";

const languages = ["javascript", "python", "typescript"];
const names = ["aws", "azure", "gcp", "kubernetes"].flatMap((one) => languages.map((language) => `${one}-${language}`));

test("there is one for each provider in each language, with a description", () => {
  expect(ourTemplates().map(({ name }) => name)).toEqual(names);
  for (const one of ourTemplates()) expect(descriptionOf(one)).toMatch(/^Policies for .+, in .+$/);
});

describe.each(ourTemplates())("$name", (template) => {
  const [, language = ""] = template.name.split("-");
  const files = packFilesOf(template, "rules", () => ({ file: "sdk.tgz", content: Buffer.from("packed") }));
  const text = (path: string) => files.get(path)?.content.toString() ?? "";
  const code = text({ javascript: "index.js", python: "policies.py" }[language] ?? "index.ts");

  test("has one mandatory policy", () => {
    expect(code.match(/enforcementLevel: "mandatory"|EnforcementLevel\.MANDATORY/g)).toHaveLength(1);
    expect(code.match(/validateResource:|ResourceValidationPolicy\(/g)).toHaveLength(1);
  });

  test("is named after its folder, and brings its tests", () => {
    expect(code + text("__main__.py")).toMatch(/new PolicyPack\("rules"|PolicyPack\(name="rules"/);
    expect([...files.keys()].filter((path) => /test/.test(path))).toHaveLength(1);
    expect([...files.values()].some(({ content }) => content.includes(`\${`))).toBe(false);
  });

  test("has what others in its language have", () => {
    const first = ourTemplates().find(({ name }) => name.endsWith(language));
    const same = { javascript: [".gitignore"], typescript: [".gitignore", "tsconfig.json"] }[language];
    for (const path of same ?? [".gitignore", "requirements.txt", "requirements-dev.txt", "__main__.py"])
      expect(text(path)).toBe(
        readFileSync(join(first?.directory ?? "", path.replace(".gitignore", "gitignore")), "utf8").replace(
          `\${PROJECT}`,
          "rules",
        ),
      );
  });
});
