import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packAll } from "../tools/pack.ts";
import { installNewerNode } from "../tools/test/newer-node.ts";
import { killEverything } from "./harness/command.ts";
import { writeFiles } from "./harness/files.ts";
import { preparedModules } from "./harness/modules.ts";
import { Server } from "./harness/server.ts";
import { Terminal } from "./harness/terminal.ts";
import { plainEnvironment } from "./harness/world.ts";

// What `npm run pack` makes, installed where there is no checkout, and used by somebody who may not write there.

const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;
const asNobody = isRoot ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"] : [];

const PACK = {
  "PulumiPolicy.yaml": "runtime: nodejs",
  "package.json": '{ "name": "names", "version": "1.0.0", "main": "index.ts" }',
  "index.ts": `
import { PolicyPack } from "@quillon/policy";

new PolicyPack("names", {
  policies: [
    {
      name: "lower-case",
      description: "Names are in lower case.",
      enforcementLevel: "mandatory",
      validateResource: ({ name }, reportViolation) => {
        if (name !== name.toLowerCase()) reportViolation("This one is not.");
      },
    },
  ],
});`,
};

let root: string;
let quillon = "";
let policy = "";

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "quillon-installed-")));
  chmodSync(root, 0o755);
  [quillon = "", policy = ""] = packAll(join(root, "packed"));
  const administrator = new Terminal(root, plainEnvironment(dirname(process.execPath)));
  await administrator.ok(`npm install --global --prefix '${root}/usr' '${quillon}'`);
  // A copy, because only its owner may read the original's folder. Its files are the same ones, where both are on one file system.
  const modules = `'${preparedModules()}' node_modules`;
  await administrator.ok(`cp -rl ${modules} || { rm -rf node_modules && cp -r ${modules}; }`);
  const pack = writeFiles(join(root, "pack"), PACK);
  await administrator.in(pack).ok(`npm install '${policy}'`);
});

afterAll(() => {
  killEverything();
  rmSync(root, { recursive: true, force: true, maxRetries: 3 });
});

test("packing again gives the same bytes", () => {
  const again = packAll(join(root, "again"));
  expect(again.map((file) => basename(file))).toEqual(["quillon-0.1.0.tgz", "quillon-policy-0.1.0.tgz"]);
  expect(
    again.map((file) => readFileSync(file, "base64") === readFileSync(join(root, "packed", basename(file)), "base64")),
  ).toEqual([true, true]);
});

test("the licences of what is inside are there", () => {
  const inside = join(root, "usr/lib/node_modules/quillon");
  const texts = ["dist", "node_modules/@quillon/server/dist", "node_modules/@quillon/bundle/dist"].map((folder) =>
    readFileSync(join(inside, folder, "THIRD-PARTY.md"), "utf8"),
  );
  expect(readFileSync(join(inside, "LICENSE"), "utf8")).toContain("Apache License");
  const policy = readFileSync(join(root, "pack/node_modules/@quillon/policy/THIRD-PARTY.md"), "utf8");
  expect(policy).toMatch(/^## @bufbuild\/protobuf .*\n\n.*Apache-2\.0/m);
  expect(texts.join("")).toMatch(/## commander .*Permission is hereby granted.*## fastify .*## react .*## semver /s);
});

/** What `quillon doctor` ends with, and says of this machine. */
async function finds(terminal: Terminal, wanted: object): Promise<void> {
  const { code, stdout } = await terminal.run("quillon doctor --output json");
  const findings = JSON.parse(stdout) as { what: string; status: string }[];
  expect({ code, ...Object.fromEntries(findings.map(({ what, status }) => [what, status])) }).toMatchObject(wanted);
}

describe.each([
  ["20", async () => process.execPath],
  ["24", installNewerNode],
])("quillon installed, on Node.js %s", (major, findNode) => {
  let terminal: Terminal;
  let server: Server;

  beforeAll(async () => {
    const home = join(root, `home-${major}`);
    mkdirSync(join(home, "bin"), { recursive: true });
    symlinkSync((await findNode()) ?? "", join(home, "bin/node"));
    if (isRoot) chownSync(home, NOBODY, NOBODY);
    const env = {
      ...plainEnvironment(`${home}/bin:${root}/usr/bin`),
      HOME: home,
      PULUMI_HOME: home,
      npm_config_cache: join(home, "npm"),
    };
    terminal = new Terminal(home, env, asNobody);
    server = new Server(join(home, "data"), env, asNobody);
    await server.start();
  });

  test("runs a server with its console, and says which version it is", async () => {
    expect(await terminal.ok("node --version && quillon --version")).toMatch(
      new RegExp(`^v${major}\\.\\d.*\n0\\.1\\.0( \\([0-9a-f]{7,}(-dirty)?\\))?\n$`),
    );
    expect(await (await fetch(server.url)).text()).toContain('<div id="root">');
  });

  test("completes in bash what is typed", async () => {
    const typed = "COMP_WORDS=(quillon policy pub); COMP_CWORD=2";
    const line = `source <(quillon completion bash); ${typed}; _quillon; echo "\${COMPREPLY[@]}"`;
    expect(await terminal.ok(`bash -c '${line}'`)).toBe("publish\n");
  });

  test("puts a guarded pulumi on the PATH, which calls the one that was there", async () => {
    await terminal.ok(`mkdir tools && printf '#!/bin/sh\\necho "$*"\\n' > tools/pulumi && chmod 755 tools/pulumi`);
    const line =
      'PATH="$PWD/tools:$PATH"; eval "$(quillon shim "a folder")"; command -v pulumi; pulumi version --verbose 1';
    expect(await terminal.ok(line)).toBe(`${terminal.dir}/a folder/pulumi\nversion --verbose 1\n`);
  });

  test("makes a pack from a template, tests it, and holds it against a state", async () => {
    await terminal.ok("quillon policy new aws-javascript --dir rules");
    expect(await terminal.ok("quillon policy test rules")).toMatch(/^bucket-no-public-read +1 +1 +0 +0$/m);
    const type = "aws:s3/bucket:Bucket";
    const bucket = { urn: `urn:pulumi:dev::shop::${type}::site`, type, custom: true, id: "site" };
    const state = { version: 3, deployment: { resources: [{ ...bucket, inputs: { acl: "public-read" } }] } };
    writeFiles(join(root, `home-${major}`), { "state.json": JSON.stringify(state) });
    const checked = await terminal.run("quillon check state.json --policy-pack rules");
    expect(checked).toMatchObject({ code: 2, stdout: expect.stringContaining("[mandatory] bucket-no-public-read") });
  });

  test("publishes a pack that is written with the packed SDK", async () => {
    const [made] = await server.prints(/^Made user .*$/m);
    const token = made.replace(/^.*: /, "");
    const author = terminal.with({ PULUMI_BACKEND_URL: server.url, PULUMI_ACCESS_TOKEN: token });
    await author.in(join(root, "pack")).ok("quillon policy publish --require-bundled");
    expect(await author.ok("quillon policy ls")).toMatch(/^names +1\.0\.0 /m);
    await finds(author, { code: 0, "Node.js": "ok", Server: "ok", Clock: "ok" });
    await server.stop();
    await finds(author, { code: 2, "Node.js": "ok", Server: "problem" });
  });
});
