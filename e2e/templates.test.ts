import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newerCli, olderCli } from "../tools/toolchain/clis.ts";
import { writeFiles } from "./harness/files.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// The CLI clones its templates from git repositories, and asks the server for more of them. Here the repositories are folders.

const clis = [
  { name: "the pinned CLI", missing: false, use: (terminal: Terminal) => terminal },
  ...[olderCli, newerCli].map((cli) => ({
    name: `CLI ${cli.version}`,
    missing: !hasPulumi(cli),
    use: (terminal: Terminal) => withPulumi(cli, terminal),
  })),
];

let world: World;
let repositories: Record<string, string>;

beforeAll(async () => {
  world = await openWorld();
  repositories = {
    PULUMI_TEMPLATE_GIT_REPOSITORY: repository("templates", {
      "shop/Pulumi.yaml": `name: \${PROJECT}\nruntime: nodejs\ntemplate: {description: A shop.}\n`,
      "shop/index.js": "// a program\n",
    }),
    PULUMI_TEMPLATE_BRANCH: "main",
    PULUMI_POLICY_TEMPLATE_GIT_REPOSITORY: repository("policy-templates", {
      "rules/PulumiPolicy.yaml": "description: Rules.\nruntime: nodejs\n",
      "rules/index.js": "// a pack\n",
    }),
    PULUMI_POLICY_TEMPLATE_BRANCH: "main",
  };
});

afterAll(() => world.close());

function repository(name: string, files: Record<string, string>): string {
  const dir = writeFiles(join(world.dir, name), files);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: dir });
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--message=Templates");
  return dir;
}

describe.each(clis)("with $name, somebody who is logged in", ({ name, missing, use }) => {
  function inNewFolder(folder: string, env: Record<string, string> = {}): Terminal {
    const dir = join(world.dir, name, folder);
    mkdirSync(dir, { recursive: true });
    return use(world.admin)
      .in(dir)
      .with({ ...repositories, ...env });
  }

  test.skipIf(missing).each([
    ["from the registry", {}],
    ["from the organizations", { PULUMI_DISABLE_REGISTRY_RESOLVE: "true" }],
  ])("makes a project from a template by its name, when the CLI asks for templates %s", async (from, env) => {
    const terminal = inNewFolder(from, env);
    await terminal.ok("pulumi new shop --name shop --yes --generate-only");
    expect(readFileSync(join(terminal.dir, "Pulumi.yaml"), "utf8")).toMatch(/^name: shop$/m);
    expect(await terminal.fails("pulumi new gone --yes --generate-only --force")).toContain(
      "template 'gone' not found",
    );
  });

  test.skipIf(missing)("makes a policy pack from a template by its name", async () => {
    const terminal = inNewFolder("pack");
    await terminal.ok("pulumi policy new rules --generate-only");
    expect(readFileSync(join(terminal.dir, "PulumiPolicy.yaml"), "utf8")).toMatch(/^runtime: nodejs$/m);
  });
});
