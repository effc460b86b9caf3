import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { nameInCode, type PackFiles, packFilesOf, packNameOf } from "./pack-files.ts";

const root = mkdtempSync(join(tmpdir(), "quillon-files-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const sdk = () => ({ file: "quillon-policy-1.2.3.tgz", content: Buffer.from("packed") });

let count = 0;

function filesOf(files: Record<string, string | Buffer>, change = (_folder: string) => {}, ours = false): PackFiles {
  const directory = join(root, `template-${++count}`);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  change(directory);
  return packFilesOf({ name: "t", directory, ours }, "rules", sdk);
}

const text = (files: PackFiles, path: string) => files.get(path)?.content.toString();

test.each([
  ["/home/me/aws-rules", "aws-rules"],
  ["/home/me/AWS Rules", "aws-rules"],
  ["/home/me/.hidden_", "hidden"],
  ["/home/me/规则", "aws-python"],
  ["/", "aws-python"],
  [`/${"n".repeat(120)}`, "n".repeat(100)],
])("the pack in %s is named %s", (folder, name) => {
  expect(packNameOf(folder, "aws-python")).toBe(name);
});

test.each([
  ["index.ts", 'new PolicyPack("shop", {', "shop"],
  ["__main__.py", "PolicyPack(\n    name='shop',", "shop"],
  ["index.ts", `new PolicyPack("\${PROJECT}", {`, "rules"],
  ["index.js", "new PolicyPack(name, {", undefined],
  ["README.md", 'new PolicyPack("shop", {', undefined],
])("of a pack with %s of the text %j, the name is known: %s", (path, code, name) => {
  expect(nameInCode(filesOf({ "PulumiPolicy.yaml": "runtime: nodejs\n", [path]: code }))).toBe(name);
});

test("the name is put in, and files that are not text stay what they are", () => {
  const image = Buffer.from([0x24, 0x7b, 0, 0xff, ...Buffer.from(`\${PROJECT}`)]);
  const files = filesOf({
    "PulumiPolicy.yaml": "runtime: nodejs\n",
    "a/index.js": `"é \${PROJECT}\${DESCRIPTION}"`,
    "i.png": image,
  });
  expect(text(files, "a/index.js")).toBe('"é rules"');
  expect(files.get("i.png")?.content).toEqual(image);
});

test("what is made where it is needed is left out, and only our templates' gitignore gets its dot", () => {
  const made = { ".git/HEAD": "", "node_modules/a/index.js": "", "venv/bin/python": "", "a/__pycache__/a.pyc": "" };
  const files = { "PulumiPolicy.yaml": "runtime: nodejs\n", gitignore: "venv/\n", "a/a.py": "" };
  expect([...filesOf({ ...made, ...files }).keys()]).toEqual(["PulumiPolicy.yaml", "a/a.py", "gitignore"]);
  expect([...filesOf(files, undefined, true).keys()]).toContain(".gitignore");
});

test("a program stays one", () => {
  const files = filesOf({ "PulumiPolicy.yaml": "runtime: nodejs\n", "run.sh": "" }, (folder) =>
    chmodSync(join(folder, "run.sh"), 0o755),
  );
  expect(files.get("run.sh")?.mode).toBe(0o755);
});

test("a link is refused, because it may lead anywhere", () => {
  const link = (folder: string) => symlinkSync("/etc/passwd", join(folder, "secrets"));
  expect(() => filesOf({ "PulumiPolicy.yaml": "runtime: nodejs\n" }, link)).toThrow(
    "secrets in the template is no file and no folder",
  );
});

const PACKED = "file:quillon-policy-1.2.3.tgz";

describe("@quillon/policy", () => {
  test.each([
    ["in dependencies", { dependencies: { "@quillon/policy": "*" } }, { dependencies: { "@quillon/policy": PACKED } }],
    [
      "from a file that is not there",
      { devDependencies: { "@quillon/policy": "file:old.tgz" } },
      { devDependencies: { "@quillon/policy": PACKED } },
    ],
  ])("asked for %s comes along", (_, manifest, expected) => {
    const files = filesOf({ "PulumiPolicy.yaml": "runtime: nodejs\n", "package.json": JSON.stringify(manifest) });
    expect(JSON.parse(text(files, "package.json") ?? "")).toEqual(expected);
    expect(text(files, "quillon-policy-1.2.3.tgz")).toBe("packed");
  });

  test.each([
    ["that is not asked for", { dependencies: { "@pulumi/policy": "^1.21.0" } }],
    ["that the template has", { dependencies: { "@quillon/policy": "file:./old.tgz" } }],
  ])("%s stays as it is", (_, manifest) => {
    const before = JSON.stringify(manifest, null, 8);
    const files = filesOf({ "PulumiPolicy.yaml": "runtime: nodejs\n", "package.json": before, "old.tgz": "old" });
    expect(text(files, "package.json")).toBe(before);
    expect([...files.keys()]).not.toContain("quillon-policy-1.2.3.tgz");
  });
});

test.each([
  ["runtime: python # why\n", "runtime:\n  name: python\n  options:\n    virtualenv: venv\n"],
  [
    "# rules\ndescription: d\nruntime:\n  name: python\n",
    "# rules\ndescription: d\nruntime:\n  name: python\n  options:\n    virtualenv: venv\n",
  ],
  ["runtime: {name: python, options: {virtualenv: env}}\n", undefined],
  ["runtime: {name: python, options: {toolchain: uv}}\n", undefined],
  ["runtime: nodejs\n", undefined],
])("PulumiPolicy.yaml with %j names the virtual environment that is made", (before, after = before) => {
  expect(text(filesOf({ "PulumiPolicy.yaml": before }), "PulumiPolicy.yaml")).toBe(after);
});

test.each([
  ["package.json", "{"],
  ["PulumiPolicy.yaml", "runtime: [\n"],
])("a %s that can't be read is said", (path, content) => {
  expect(() => filesOf({ "PulumiPolicy.yaml": "runtime: nodejs\n", [path]: content })).toThrow(
    `${path} of the template can't be read: `,
  );
});
