import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { branchAndFolder, isRepository, placeOf } from "./clone-templates.ts";
import { addressIn, withTemplate } from "./find-template.ts";

const root = mkdtempSync(join(tmpdir(), "quillon-clone-"));
const url = pathToFileURL(join(root, "repository")).href;

beforeAll(() => {
  const folder = join(root, "repository");
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: folder });
  for (const name of ["tagging", "network"]) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "PulumiPolicy.yaml"), `description: About ${name}\nruntime: nodejs\n`);
  }
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--message=Templates");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each([
  ["https://github.com/acme/templates", true],
  ["git@github.com:acme/templates.git", true],
  ["ssh://git@example.com/templates", true],
  ["file:///srv/templates", true],
  ["aws-typescript", false],
  ["./templates", false],
  ["C:\\templates", false],
  ["ext::sh -c date", false],
])("whether %s is a repository: %s", (named, expected) => {
  expect(isRepository(named)).toBe(expected);
});

test.each([
  ["https://github.com/acme/t", { repository: "https://github.com/acme/t" }],
  ["https://github.com/acme/t/tree/main/a/b/", { repository: "https://github.com/acme/t", within: "main/a/b" }],
  ["https://gitlab.com/acme/x/t/-/tree/main", { repository: "https://gitlab.com/acme/x/t", within: "main" }],
  ["git@github.com:acme/t.git", { repository: "git@github.com:acme/t.git" }],
])("%s is a place", (address, place) => {
  expect(placeOf(address)).toEqual(place);
});

test.each([
  ["main", { branch: "main", folder: "" }],
  ["main/a/b", { branch: "main", folder: "a/b" }],
  ["feature/one/a", { branch: "feature/one", folder: "a" }],
  ["feature/oneself", { branch: "feature", folder: "oneself" }],
])("in %s the longest name of a branch that fits is meant", (within, expected) => {
  expect(branchAndFolder(within, ["main", "feature", "feature/one"])).toEqual(expected);
});

test("a branch that is not there is said", () => {
  expect(() => branchAndFolder("next/a", ["main"])).toThrow('No branch or tag has the name at the start of "next/a".');
});

const none = () => Promise.reject(new Error("Nobody should be asked."));

test("of the templates in a repository somebody chooses one, and nothing of the copy stays", async () => {
  const found = await withTemplate(
    url,
    false,
    async (templates) => {
      expect(templates.map(({ name }) => name)).toEqual(["network", "tagging"]);
      const [, second] = templates;
      return second ?? none();
    },
    async ({ directory }) => ({ directory, text: readFileSync(join(directory, "PulumiPolicy.yaml"), "utf8") }),
  );
  expect(found.text).toContain("About tagging");
  expect(() => readFileSync(join(found.directory, "PulumiPolicy.yaml"))).toThrow("ENOENT");
});

test.each([
  ["../packs", join("../packs", "tagging")],
  ["https://me:secret@github.com/acme/t/", "https://github.com/acme/t/tree/BRANCH/tagging"],
  ["https://github.com/acme/t/tree/main/packs", "https://github.com/acme/t/tree/main/packs/tagging"],
  ["git@github.com:acme/t.git", undefined],
])("one of several in %s is named by %s", (named, address) => {
  expect(addressIn(named, "tagging")).toBe(address);
});

test.each([
  [
    "a name that is none",
    "aws-cobol",
    false,
    /^There is no template and no folder "aws-cobol"\. The templates are aws-/,
  ],
  ["a folder without a pack", root, false, /There is no PulumiPolicy.yaml in .*, so it is no template\.$/],
  ["a repository, offline", "https://example.com/t", true, /needs the network, and --offline forbids it/],
  [
    "a repository that is not there, without its password",
    `${url.replace("file://", "file://me:secret@")}-none`,
    false,
    /^No template can be had from (?!.*secret)/s,
  ],
])("%s is refused", async (_, named, offline, message) => {
  await expect(withTemplate(named, offline, none, none)).rejects.toThrow(message);
});
