import { describe, expect, test } from "vitest";
import { checkDependencies } from "./dependencies.ts";
import { EntryNames } from "./entry-names.ts";

/** What a pack with these files is refused for; undefined when it is accepted. */
function refusal(runtime: string, files: Record<string, string>, options: Record<string, unknown> = {}) {
  const names = new EntryNames(1000);
  const texts = new Map<string, string>();
  const inside = { "lib/x/package.json": "", "lib/x.tgz": "", "lib/x.whl": "", "lib/x/pyproject.toml": "" };
  for (const [name, text] of Object.entries({ ...inside, ...files })) {
    texts.set(names.add({ name: `package/${name}`, kind: "file" }), text);
  }
  try {
    checkDependencies({ name: runtime, options }, { names: names.lists(), texts });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const manifest = (content: object) => ({ "package.json": JSON.stringify(content) });

test("the message names the dependency, and says what to do", () => {
  const message = refusal("nodejs", manifest({ dependencies: { shared: "file:../shared" } }));
  expect(message).toContain(
    'package/package.json asks for shared from "file:../shared", which is not in the archive, so no client can install it.',
  );
  expect(message).toContain("Publish shared to a registry, or put it into the pack's folder.");
});

describe("a dependency of a Node.js pack is refused", () => {
  test.each([
    "file:../x",
    "file:nothing",
    "file:lib/nothing.tgz",
    "file:///x",
    "file:/x",
    "file:lib/../../x",
    "FILE:../x",
    " file:../x",
    "file:..\\x",
    "../x",
    "./nothing",
    "/x",
    "~/x",
    "C:\\x",
    "x.tgz",
    "link:../x",
    "link:lib/x",
    "portal:lib/x",
    "workspace:*",
    "workspace:^1.0.0",
    "catalog:",
    "catalog:default",
    "git+file:///x",
  ])("%s", (from) => {
    for (const section of ["dependencies", "optionalDependencies", "peerDependencies", "overrides", "resolutions"]) {
      expect(refusal("nodejs", manifest({ [section]: { dep: from } })), section).toContain("asks for dep from");
    }
  });
});

describe("a dependency of a Node.js pack is accepted", () => {
  test.each([
    "^1.2.3",
    "",
    "latest",
    "npm:other@1",
    "user/repo",
    "github:user/repo",
    "git+https://example.com/x.git",
    "git@github.com:user/repo.git",
    "https://example.com/x.tgz",
    "user/x.tgz",
    "file:lib/x",
    "file:./lib/x/",
    "file://./lib/x",
    "./lib/x",
    "file:lib/x.tgz",
    "file:lib/../lib/x",
    "file:.",
  ])("%j", (from) => {
    expect(refusal("nodejs", manifest({ dependencies: { dep: from } }))).toBeUndefined();
  });
});

describe("of a Node.js pack", () => {
  test.each<[string, object, Record<string, unknown>, boolean]>([
    [
      "a bundled dependency is installed again all the same",
      { dependencies: { x: "file:../x" }, bundleDependencies: ["x"] },
      {},
      true,
    ],
    ["nested overrides are looked at", { overrides: { a: { b: { c: "file:../c" } } } }, {}, true],
    ["an override may refer to a dependency", { overrides: { a: "$a" } }, {}, false],
    ["npm ignores a folder that is only for development", { devDependencies: { x: "file:../x" } }, {}, false],
    ["yarn does not", { devDependencies: { x: "file:../x" } }, { packagemanager: "yarn" }, true],
    ["npm reads an archive that is only for development", { devDependencies: { x: "file:../x.tgz" } }, {}, true],
    ["npm reads a workspace that is only for development", { devDependencies: { x: "workspace:*" } }, {}, true],
    ["yarn makes links inside the pack", { dependencies: { x: "link:lib/x" } }, { packagemanager: "yarn" }, false],
    ["yarn makes no links outside the pack", { dependencies: { x: "link:../x" } }, { packagemanager: "yarn" }, true],
    [
      "dependencies may be of another kind than expected",
      { dependencies: ["file:../x"], overrides: "file:../x" },
      {},
      false,
    ],
  ])("%s", (_, content, options, refused) => {
    expect(refusal("nodejs", manifest(content), options) !== undefined).toBe(refused);
  });

  test("a package.json that npm can't read is refused", () => {
    expect(refusal("nodejs", { "package.json": "{" })).toContain("package/package.json can't be read");
    expect(refusal("nodejs", { "package.json": "[]" })).toContain("it is not an object");
  });

  test("the files of other languages don't matter", () => {
    expect(refusal("nodejs", { "requirements.txt": "-e ../x" })).toBeUndefined();
    expect(refusal("python", manifest({ dependencies: { x: "file:../x" } }))).toBeUndefined();
  });
});

describe("a line of requirements.txt is refused", () => {
  test.each([
    "-e ../x",
    "-e../x",
    "--editable=../x",
    "--editable ../x  # local",
    "-e file:///x#egg=x",
    "-e nothing",
    "../x",
    "../x[extra] ; python_version > '3'",
    "./nothing",
    "lib/nothing",
    "nothing.whl",
    "/x",
    "~/x",
    "file:///x",
    "file:../x",
    "x @ file:///x",
    "x[extra]@file:../x",
    "x @ ../x",
    "git+file:///x",
    "-r ../more.txt",
    "--requirement=../more.txt",
    "-c ../constraints.txt",
    "pulumi>=3\n-e \\\n  ../x",
    "-r requirements/dev.txt",
    '-r "../more.txt"',
    "--req ../more.txt",
    "--find-links ../wheels",
    "--find-links=../wheels",
    "--find-links '../wheels'",
    "-f ../wheels",
    "-f../wheels",
    "--find ../wheels",
    "--find-links /srv/wheels",
    "--find-links file:///srv/wheels",
    "--find-links nothing",
    "--pre --find-links ../wheels",
    "--index-url https://example.com/simple/ --find-links ../wheels",
    "--index-url file:///srv/simple",
    "-i file:///srv/simple",
    "-i ../simple",
    "-i C:\\simple",
    "--extra-index-url ../simple",
    "--extra-index-url=FILE:///srv/simple",
    "-r requirements/index.txt",
  ])("%j", (line) => {
    const more = { "requirements/dev.txt": "../x\n", "requirements/index.txt": "--no-index\n-f ../../wheels\n" };
    expect(refusal("python", { "requirements.txt": `${line}\n`, ...more })).toContain("requirements.txt asks for");
  });
});

describe("a line of requirements.txt is accepted", () => {
  test.each([
    "pulumi>=3,<4",
    "pulumi-policy",
    "# -e ../x",
    "pulumi ; python_version > '3' # ../x",
    "x @ https://example.com/x.whl",
    "git+https://example.com/x.git@v1#subdirectory=a/b",
    "-e git+https://example.com/x.git#egg=x",
    "--index-url https://example.com/simple/",
    "--find-links lib",
    "--find-links ./lib/",
    "-f https://example.com/wheels",
    "--find-links file:./lib",
    "-r requirements/wheels.txt",
    `--find-links \${WHEELS}/x`,
    "--index-url https://user:pass@example.com/simple --extra-index-url http://example.com",
    "--no-index",
    "--require-hashes --pre --no-binary :all:",
    "--trusted-host example.com",
    "x==1 --hash=sha256:abc",
    "-e .",
    "-e lib/x",
    "./lib/x",
    "lib/x.whl",
    "x @ file:./lib/x",
    "-r https://example.com/more.txt",
    "-r requirements/base.txt",
    "-r requirements.txt",
    `x @ file://\${HOME}/x`,
  ])("%j", (line) => {
    const more = {
      "requirements/wheels.txt": "-f lib\n-f ../lib\n",
      "requirements/base.txt": "pulumi\n-r ../requirements.txt\n",
    };
    expect(refusal("python", { "requirements.txt": `${line}\r\n`, ...more })).toBeUndefined();
  });
});

describe("of pyproject.toml", () => {
  const uv = { toolchain: "uv" };
  const poetry = { toolchain: "poetry" };
  const build = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "b"\n[project]\nname = "p"\n';
  test.each<[string, string, Record<string, unknown>, boolean]>([
    ["uv's source outside", '[tool.uv.sources]\nx = { path = "../x" }', uv, true],
    ["uv's source inside", '[tool.uv.sources]\nx = { path = "lib/x" }', uv, false],
    [
      "one of uv's sources outside",
      '[tool.uv.sources]\nx = [{ git = "https://example.com" }, { path = "../x" }]',
      uv,
      true,
    ],
    ["uv's workspace elsewhere", "[tool.uv.sources]\nx = { workspace = true }", uv, true],
    [
      "uv's workspace here",
      '[tool.uv.sources]\nx = { workspace = true }\n[tool.uv.workspace]\nmembers = ["lib/x"]',
      uv,
      false,
    ],
    ["a dependency outside", '[project]\ndependencies = ["x @ file:///x"]', uv, true],
    ["an optional dependency outside", '[project.optional-dependencies]\na = ["x @ file:///x"]', uv, true],
    ["a group's dependency outside", '[dependency-groups]\ndev = ["x @ file:///x", {include-group = "a"}]', uv, true],
    ["dependencies of a registry", '[project]\ndependencies = ["pulumi>=3"]', uv, false],
    ["poetry's path outside", '[tool.poetry.dependencies]\nx = { path = "../x", develop = true }', poetry, true],
    ["poetry's path inside", '[tool.poetry.dependencies]\nx = { path = "lib/x" }\npulumi = "^3"', poetry, false],
    ["a path in a group of poetry", '[tool.poetry.group.dev.dependencies]\nx = { path = "../x" }', poetry, true],
    ["poetry's table with uv", '[tool.poetry.dependencies]\nx = { path = "../x" }', uv, false],
    ["uv's find-links outside", '[tool.uv]\nfind-links = ["https://example.com", "../wheels"]', uv, true],
    ["uv's find-links inside", '[tool.uv]\nfind-links = ["lib"]', uv, false],
    ["uv's index in a file", '[[tool.uv.index]]\nname = "a"\nurl = "file:///srv/simple"', uv, true],
    ["uv's index of wheels outside", '[[tool.uv.index]]\nurl = "../wheels"\nformat = "flat"', uv, true],
    ["uv's index on the network", '[[tool.uv.index]]\nurl = "https://example.com/simple"', uv, false],
    ["uv's older index settings", '[tool.uv]\nindex-url = "/srv/simple"', uv, true],
    ["uv's further index", '[tool.uv]\nextra-index-url = ["../simple"]', uv, true],
    ["uv's override outside", '[tool.uv]\noverride-dependencies = ["x @ file:///x"]', uv, true],
    ["uv's constraint outside", '[tool.uv]\nconstraint-dependencies = ["x @ file:///x"]', uv, true],
    ["uv's repository on this machine", '[tool.uv.sources]\nx = { git = "file:///srv/x.git" }', uv, true],
    ["uv's repository beside the pack", '[tool.uv.sources]\nx = { git = "../x" }', uv, true],
    ["uv's repository on the network", '[tool.uv.sources]\nx = { git = "ssh://git@example.com/x" }', uv, false],
    ["uv's settings with pip", '[tool.uv]\nfind-links = ["../wheels"]', {}, false],
    ["poetry's repository beside the pack", '[tool.poetry.dependencies]\nx = { git = "../x" }', poetry, true],
    [
      "poetry's repository on the network",
      '[tool.poetry.dependencies]\nx = { git = "git@example.com:x.git" }',
      poetry,
      false,
    ],
    ["poetry's file outside", '[tool.poetry.dependencies]\nx = { file = "../x.whl" }', poetry, true],
    [
      "one of poetry's alternatives",
      '[tool.poetry.dependencies]\nx = [{ version = "1" }, { path = "../x" }]',
      poetry,
      true,
    ],
    ["poetry's source in a file", '[[tool.poetry.source]]\nname = "a"\nurl = "file:///srv/simple"', poetry, true],
    ["poetry's source on the network", '[[tool.poetry.source]]\nname = "PyPI"\npriority = "primary"', poetry, false],
    ["a project that pip does not build", '[project]\ndependencies = ["x @ file:///x"]', {}, false],
    ["a project that pip builds", `${build}dependencies = ["x @ file:///x"]`, {}, true],
    ["text that is not TOML", "[", uv, true],
  ])("%s", (_, text, options, refused) => {
    expect(refusal("python", { "pyproject.toml": text }, options) !== undefined).toBe(refused);
  });

  describe("the pack's own projects are read too", () => {
    const uvPack = { "pyproject.toml": '[tool.uv.sources]\nx = { path = "lib/x" }' };
    const poetryPack = { "pyproject.toml": '[tool.poetry.dependencies]\nx = { path = "lib/x" }' };
    const y = (path: string, more = "") =>
      `[project]\ndependencies = ["Y_y>=1"]\n[tool.uv.sources]\ny-y = { path = "${path}" }\n${more}`;
    const poetryY = (source: string, table = "dependencies") => `[tool.poetry.${table}]\ny = ${source}`;
    const nested = "lib/x/pyproject.toml";
    test.each<[string, Record<string, string>, Record<string, unknown>, string | undefined]>([
      ["uv follows a path outside", { ...uvPack, [nested]: y("../../../y") }, uv, `package/${nested} asks for y-y`],
      ["uv follows a path inside", { ...uvPack, [nested]: y("../y"), "lib/y/pyproject.toml": "" }, uv, undefined],
      [
        "uv follows paths further",
        { ...uvPack, [nested]: y("../y"), "lib/y/pyproject.toml": y("../../../z") },
        uv,
        "package/lib/y/pyproject.toml asks for y-y",
      ],
      ["projects may need each other", { ...uvPack, [nested]: y("../../lib/x") }, uv, undefined],
      [
        "what they need only for development is not installed",
        { ...uvPack, [nested]: y("../../../y").replace("Y_y", "z") },
        uv,
        undefined,
      ],
      [
        "a project that nothing needs does not matter",
        { "pyproject.toml": "", [nested]: y("../../../y") },
        uv,
        undefined,
      ],
      ["a project that is not TOML is refused", { ...uvPack, [nested]: "[" }, uv, `package/${nested} can't be read`],
      [
        "poetry follows a path outside",
        { ...poetryPack, [nested]: poetryY('{ path = "../../../y" }') },
        poetry,
        "asks for y",
      ],
      [
        "poetry ignores a group of a project",
        { ...poetryPack, [nested]: poetryY('{ path = "../../../y" }', "group.dev.dependencies") },
        poetry,
        undefined,
      ],
      [
        "poetry ignores what only an extra needs",
        { ...poetryPack, [nested]: poetryY('{ path = "../../../y", optional = true }') },
        poetry,
        undefined,
      ],
    ])("%s", (_, files, options, expected) => {
      const message = refusal("python", files, options);
      if (expected === undefined) expect(message).toBeUndefined();
      else expect(message).toContain(expected);
    });
  });

  describe("poetry.lock, from which poetry installs", () => {
    const locked = (source: string, more = "") => ({
      "pyproject.toml": "",
      "poetry.lock": `[[package]]\nname = "y"\n${more}[package.source]\n${source}`,
    });
    test.each<[string, string, boolean, string?]>([
      ["a folder outside", 'type = "directory"\nurl = "../y"', true],
      ["a folder inside", 'type = "directory"\nurl = "lib/x"', false],
      ["a file outside", 'type = "file"\nurl = "../y.whl"', true],
      ["a file inside", 'type = "file"\nurl = "lib/x.whl"', false],
      ["a repository on this machine", 'type = "git"\nurl = "../y"', true],
      ["a repository on the network", 'type = "git"\nurl = "https://example.com/y.git"', false],
      ["a URL of a file", 'type = "url"\nurl = "file:///srv/y.whl"', true],
      ["a URL on the network", 'type = "url"\nurl = "https://example.com/y.whl"', false],
      ["an index on this machine", 'type = "legacy"\nurl = "file:///srv/simple"', true],
      ["an index on the network", 'type = "legacy"\nurl = "https://example.com/simple"', false],
      ["what only an extra needs", 'type = "directory"\nurl = "../y"', false, "optional = true\n"],
    ])("%s", (_, source, refused, more) => {
      const message = refusal("python", locked(source, more), poetry);
      expect(message?.includes("package/poetry.lock asks for y") ?? false).toBe(refused);
    });

    test("only poetry reads it, and it must be TOML", () => {
      const files = locked('type = "directory"\nurl = "../y"');
      expect(refusal("python", files, uv)).toBeUndefined();
      expect(refusal("python", files)).toContain("poetry.lock asks for y");
      expect(refusal("python", { ...files, "poetry.lock": "[" })).toContain("package/poetry.lock can't be read");
      expect(refusal("python", { "pyproject.toml": "", "poetry.lock": "" })).toBeUndefined();
    });
  });

  test("uv.lock is not a reason to refuse, because uv makes it again when the projects say something else", () => {
    const lock = '[[package]]\nname = "y"\nsource = { directory = "../y" }';
    expect(refusal("python", { "pyproject.toml": "", "uv.lock": lock })).toBeUndefined();
  });

  test("uv's settings may be in a file of their own, which only uv reads", () => {
    const files = { "pyproject.toml": "", "uv.toml": 'find-links = ["../wheels"]' };
    expect(refusal("python", files, uv)).toContain('package/uv.toml asks for packages from "../wheels"');
    expect(refusal("python", files, poetry)).toBeUndefined();
  });

  test("a lock file chooses uv or poetry, as in newer CLIs", () => {
    const files = { "pyproject.toml": '[tool.uv.sources]\nx = { path = "../x" }' };
    expect(refusal("python", files)).toBeUndefined();
    expect(refusal("python", { ...files, "uv.lock": "" })).toContain('asks for x from "../x"');
  });

  test("requirements.txt is read next to it only by pip", () => {
    const files = { "pyproject.toml": "", "requirements.txt": "../x" };
    expect(refusal("python", files)).toContain("requirements.txt asks for x");
    expect(refusal("python", files, uv)).toBeUndefined();
  });
});

test("a text made to take long takes no longer than others", () => {
  const hostile = [
    "[".repeat(200_000),
    `a${" ".repeat(200_000)}b`,
    `x @${"[a".repeat(100_000)}`,
    "a.".repeat(100_000),
    `-${" --pre".repeat(60_000)}`,
    `--pre ${"\"a'".repeat(60_000)}`,
    `--${"=".repeat(100_000)}`,
  ];
  expect(refusal("python", { "requirements.txt": hostile.join("\n") })).toBeUndefined();
});
